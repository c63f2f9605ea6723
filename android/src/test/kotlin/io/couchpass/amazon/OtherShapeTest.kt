package io.couchpass.amazon

import io.couchpass.AmazonSso
import io.couchpass.AmazonSso.Call.SYNCHRONOUS
import io.couchpass.platform.PlatformAnswer
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.nio.file.Path

/** Libraries that are not quite what the documents print. */
class OtherShapeTest {
    @TempDir
    lateinit var folder: Path

    @Test
    fun `one argument that is left out`() = assertToken(
        "token",
        answer(
            """
            $INSTANCE
            public Bundle getSSOTokenSync(Void nothing) { return new Bundle().with("SSOToken", "token" + (nothing == null ? "" : "?")); }
            """,
        ),
    )

    @Test
    fun `no argument is preferred to one`() = assertToken(
        "without",
        answer(
            """
            $INSTANCE
            public Bundle getSSOTokenSync(Object something) { return new Bundle().with("SSOToken", "with"); }
            public Bundle getSSOTokenSync() { return new Bundle().with("SSOToken", "without"); }
            """,
        ),
    )

    @Test
    fun `a static method, and a timeout of another type`() = assertToken(
        "token",
        answer(
            """
            $INSTANCE
            public static Bundle getSSOTokenSync() { return new Bundle().with("SSOToken", "token"); }
            public void setSSOTokenTimeout(String timeout) { throw new IllegalStateException(); }
            """,
            AmazonSso(SYNCHRONOUS, timeoutMillis = 1),
        ),
    )

    @Test
    fun `a timeout that is refused`() = assertToken(
        "token",
        answer(
            """
            $INSTANCE
            public Bundle getSSOTokenSync() { return new Bundle().with("SSOToken", "token"); }
            public void setSSOTokenTimeout(Long timeout) { throw new IllegalStateException(); }
            """,
            AmazonSso(SYNCHRONOUS, timeoutMillis = 1),
        ),
    )

    @Test
    fun `no such method`() = assertUnusable("getSSOTokenSync is missing or takes other arguments", answer(INSTANCE))

    @Test
    fun `a method that is hidden`() = assertUnusable(
        "getSSOTokenSync is missing or takes other arguments",
        answer("$INSTANCE Bundle getSSOTokenSync() { return new Bundle(); }"),
    )

    @Test
    fun `too many arguments, and one that cannot be null`() {
        assertUnusable(
            "getSSOTokenSync is missing or takes other arguments",
            answer(
                """
                $INSTANCE
                public Bundle getSSOTokenSync(Object one, Object two) { return new Bundle(); }
                public Bundle getSSOTokenSync(int one) { return new Bundle(); }
                """,
            ),
        )
    }

    @Test
    fun `a result of another type`() = assertUnusable(
        "getSSOTokenSync has returned a java.lang.String",
        answer("""$INSTANCE public String getSSOTokenSync() { return "planted"; }"""),
    )

    @Test
    fun `no result at all`() =
        assertUnusable("getSSOTokenSync has returned nothing", answer("$INSTANCE public void getSSOTokenSync() {}"))

    @Test
    fun `no way to an instance`() {
        val why = "getInstance is missing or does not take a context"
        assertUnusable(why, answer("public Bundle getSSOTokenSync() { return new Bundle(); }"))
    }

    @Test
    fun `an instance made from something else`() {
        val why = "getInstance is missing or does not take a context"
        assertUnusable(
            why,
            answer(
                """
                public static SSOEnabler getInstance(String name) { return new SSOEnabler(); }
                public SSOEnabler getInstance(Object context) { return this; }
                """,
            ),
        )
    }

    @Test
    fun `a class that fails to start`() = assertUnusable(
        "the library cannot be used: java.lang.ExceptionInInitializerError",
        answer("static int zero = 0; static { zero = 1 / zero; } $INSTANCE"),
    )

    @Test
    fun `a callback of another type`() {
        val members = """
            $INSTANCE
            public Bundle getSSOTokenAsync() { return null; }
            public void setSSOTokenCallback(Runnable callback) {}
        """
        assertUnusable("setSSOTokenCallback is missing or takes another callback", answer(members, asynchronous))
    }

    @Test
    fun `no asynchronous call`() =
        assertUnusable("getSSOTokenAsync is missing or takes other arguments", answer(INSTANCE, asynchronous))

    private fun answer(members: String, options: AmazonSso = synchronous): PlatformAnswer {
        val answers = Answers()
        source(options, loader = libraryWith(folder, members)).ask(answers)
        return answers.next()
    }

    private companion object {
        const val INSTANCE = "public static SSOEnabler getInstance(Object context) { return new SSOEnabler(); }"
    }
}
