package io.couchpass.internal

import org.junit.jupiter.api.Tag

/** Asks [NativeTesting] for something, which the library that ships does not have: `tests/jvm/pom.xml` runs it over the other. */
@Target(AnnotationTarget.CLASS, AnnotationTarget.FUNCTION)
@Tag("needs-testing-library")
internal annotation class NeedsTestingLibrary
