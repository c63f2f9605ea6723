package io.couchpass.platform

import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Test

class PlatformAnswerTest {
    @Test
    fun `a token does not print itself`() {
        assertFalse("planted" in PlatformAnswer.Token("planted").toString())
    }
}
