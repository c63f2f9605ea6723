package io.couchpass.amazon

import android.os.Bundle
import io.couchpass.platform.PlatformAnswer
import java.lang.reflect.Method
import java.lang.reflect.Modifier

/**
 * Amazon's library, behind the names that its documents print. The one place that calls it.
 *
 * How many arguments its methods take is not certain (the cookbook prints `getSSOTokenSync(Void)`), and a guess that is
 * compiled in fails on the device. So methods are looked up by their name, with no argument or with one, which is then null.
 *
 * Every function throws whatever the library throws, and [UnexpectedShape].
 */
internal class AmazonLibrary(private val enabler: Class<*>, context: Any) {
    private val instance: Any = newInstance(context)

    /** Blocks until the library has answered, at most [timeoutMillis] of its own counting. Never on the main thread. */
    fun tokenSync(timeoutMillis: Long?): PlatformAnswer {
        val call = methodWithoutArgument("getSSOTokenSync")
        if (timeoutMillis != null) setTimeout(timeoutMillis)
        val result = call.invokeWithNulls()
        return when {
            result == null -> PlatformAnswer.Unusable("getSSOTokenSync has returned nothing")
            result is Bundle -> AmazonBundle.answerIn(result)
            else -> throw UnexpectedShape("getSSOTokenSync has returned a ${result.javaClass.name}")
        }
    }

    /** Returns once the library has been asked; it answers through [answer], on a thread of its choice, as often as it likes. */
    fun requestToken(answer: (PlatformAnswer) -> Unit) {
        val call = methodWithoutArgument("getSSOTokenAsync")
        setCallback(answer)
        // What it returns is not explained anywhere.
        call.invokeWithNulls()
    }

    private var callbackIsSet = false

    private fun setCallback(answer: (PlatformAnswer) -> Unit) {
        if (callbackIsSet) return
        // The first mention of our subclass: it is loaded here, together with Amazon's class above it, or fails to be.
        val callback: Any = AmazonCallback(answer)
        val setter = methods("setSSOTokenCallback").firstOrNull { it.takesOne(callback) }
            ?: throw UnexpectedShape("setSSOTokenCallback is missing or takes another callback")
        setter.invoke(instance, callback)
        callbackIsSet = true
    }

    /** A wish. A library that knows none still has a token to give. */
    private fun setTimeout(millis: Long) {
        try {
            methods("setSSOTokenTimeout").firstOrNull { it.takesOne(millis) }?.invoke(instance, millis)
        } catch (_: ReflectiveOperationException) {
            return
        }
    }

    private fun newInstance(context: Any): Any {
        val factory = methods("getInstance").firstOrNull { Modifier.isStatic(it.modifiers) && it.takesOne(context) }
            ?: throw UnexpectedShape("getInstance is missing or does not take a context")
        return factory.invoke(null, context) ?: throw UnexpectedShape("getInstance has returned nothing")
    }

    private fun methodWithoutArgument(name: String): Method {
        val candidates = methods(name)
        return candidates.firstOrNull { it.parameterTypes.isEmpty() }
            ?: candidates.firstOrNull { it.parameterTypes.size == 1 && !it.parameterTypes[0].isPrimitive }
            ?: throw UnexpectedShape("$name is missing or takes other arguments")
    }

    private fun methods(name: String): List<Method> = enabler.methods.filter { it.name == name }

    private fun Method.takesOne(argument: Any): Boolean {
        val type = parameterTypes.singleOrNull() ?: return false
        return type.isInstance(argument) || (type == Long::class.javaPrimitiveType && argument is Long)
    }

    private fun Method.invokeWithNulls(): Any? = invoke(instance, *arrayOfNulls<Any>(parameterTypes.size))
}

/** The library is there, but not as its documents have it. [what] names methods and types, never what they have returned. */
internal class UnexpectedShape(val what: String) : Exception(what)
