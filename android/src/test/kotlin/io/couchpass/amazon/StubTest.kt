package io.couchpass.amazon

import com.amazon.ottssotokenlib.SSOEnabler
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import java.lang.reflect.Modifier

/** Our stub is what `AmazonCallback` is compiled against, the double is what the tests run against: they must agree. */
class StubTest {
    @Test
    fun `the double of the tests has the shape of the stub`() {
        for (name in listOf(SSOEnabler::class.java.name, SSOEnabler.SSOEnablerCallback::class.java.name)) {
            assertEquals(shapeOf(stub.loadClass(name)), shapeOf(Class.forName(name)), name)
        }
    }

    private fun shapeOf(type: Class<*>): List<String> =
        type.declaredMethods.filter { Modifier.isPublic(it.modifiers) && !it.isSynthetic }.map { method ->
            val modifiers = Modifier.toString(method.modifiers and (Modifier.STATIC or Modifier.ABSTRACT))
            "$modifiers ${method.returnType.name} ${method.name}(${method.parameterTypes.joinToString { it.name }})"
        }.sorted() + Modifier.toString(type.modifiers and Modifier.ABSTRACT)

    /** The second on the class path, after the double's. */
    private val stub = object : ClassLoader(SSOEnabler::class.java.classLoader) {
        override fun loadClass(name: String, resolve: Boolean): Class<*> {
            if (!name.startsWith("com.amazon.")) return super.loadClass(name, resolve)
            findLoadedClass(name)?.let { return it }
            val bytes = parent.getResources("${name.replace('.', '/')}.class").toList().last().readBytes()
            return defineClass(name, bytes, 0, bytes.size)
        }
    }
}
