package io.couchpass.testing

/** A program that starts a sandbox, says which process that is, and waits to be killed. */
internal object HeldSandbox {
    @JvmStatic
    fun main(arguments: Array<String>) {
        Sandbox.start().use {
            ProcessHandle.current().children().forEach { child -> println(child.pid()) }
            while (System.`in`.read() >= 0) Unit
        }
    }
}
