package io.couchpass.amazon

import io.couchpass.platform.PlatformAnswer
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit.SECONDS

/** Who has asked, and what has come of it. */
internal class Answers : (PlatformAnswer) -> Unit {
    private val answers = LinkedBlockingQueue<PlatformAnswer>()

    override fun invoke(answer: PlatformAnswer) {
        answers += answer
    }

    /** The next answer. The limit ends a test that is broken; it is never waited out by one that is not. */
    fun next(): PlatformAnswer = checkNotNull(answers.poll(20, SECONDS)) { "no answer" }

    fun none() = assertNull(answers.poll(), "an answer too many")
}

internal fun assertToken(expected: String, answer: PlatformAnswer) =
    assertEquals(expected, (answer as? PlatformAnswer.Token)?.value, "of $answer")

internal fun assertUnusable(why: String, answer: PlatformAnswer) = assertEquals(PlatformAnswer.Unusable(why), answer)
