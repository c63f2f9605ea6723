package io.couchpass.internal

import io.couchpass.PassClient
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File
import java.lang.invoke.MethodType
import java.lang.reflect.AnnotatedElement
import java.lang.reflect.Executable
import java.lang.reflect.Method
import java.util.jar.JarFile

/** The consumer rules keep what is marked; Rust looks up what its table lists. It has to be the same, to the letter. */
@NeedsTestingLibrary
internal class CalledFromNativeTest {
    private val classes: List<Class<*>> = names().filter { it.endsWith(".class") }
        .map { Class.forName(it.removeSuffix(".class").replace('/', '.'), false, Native::class.java.classLoader) }

    @Test
    fun `what Rust looks up is what is marked, and nothing else is`() {
        val marked = classes.filter { it.isMarked() }.map { it.internalName() } +
            classes.flatMap { type -> members(type).filter { it.isMarked() }.map { "${type.internalName()}.${it.inNative()}" } }
        assertEquals(NativeTesting.lookedUp().lines().sorted().joinToString("\n"), marked.sorted().joinToString("\n"))
    }

    @Test
    fun `all of the library is looked at`() {
        assertTrue(classes.containsAll(listOf(Native::class.java, NativeCallbacks::class.java, PassClient::class.java)))
        assertEquals(7, NativeTesting.lookedUp().lines().size)
    }

    private fun members(type: Class<*>): List<Executable> = type.declaredMethods.toList() + type.declaredConstructors

    private fun AnnotatedElement.isMarked() = isAnnotationPresent(CalledFromNative::class.java)

    private fun Class<*>.internalName() = name.replace('.', '/')

    /** As JNI spells it. */
    private fun Executable.inNative(): String {
        val returned = (this as? Method)?.returnType ?: Void.TYPE
        val simple = if (this is Method) name else "<init>"
        return simple + MethodType.methodType(returned, parameterTypes).toMethodDescriptorString()
    }

    /** Of all files of the library, which is a folder or a jar. */
    private fun names(): List<String> {
        val home = File(Native::class.java.protectionDomain.codeSource.location.toURI())
        if (home.isDirectory) return home.walk().map { it.relativeTo(home).invariantSeparatorsPath }.toList()
        return JarFile(home).use { jar -> jar.entries().toList().map { it.name } }
    }
}
