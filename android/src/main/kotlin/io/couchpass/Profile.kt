package io.couchpass

/**
 * A viewer's authentication with a TV provider. Does not print the viewer's id.
 *
 * @property mvpd the id of the TV provider.
 * @property userId the viewer's id at the TV provider, scrambled by Adobe; absent where the answer had none.
 * @property notAfterMillis when the authentication ends, by the service's clock. It is never prolonged silently.
 * @property type how it came about.
 */
@ConsistentCopyVisibility
public data class Profile internal constructor(
    public val mvpd: String,
    public val userId: String?,
    public val notAfterMillis: Long,
    public val type: ProfileType,
) {
    override fun toString(): String = "Profile($mvpd, ${type.name}, until $notAfterMillis)"
}

/** How a profile came about, by REST v2's name: an open set, so compare its [name] with what is not listed here. */
public class ProfileType internal constructor(public val name: String) {
    override fun equals(other: Any?): Boolean = other is ProfileType && other.name == name

    override fun hashCode(): Int = name.hashCode()

    override fun toString(): String = name

    public companion object {
        /** By signing in with the TV provider in this app. */
        @JvmField
        public val REGULAR: ProfileType = ProfileType("regular")

        /** By the platform token: the viewer has signed in elsewhere on this device. */
        @JvmField
        public val PLATFORM_SSO: ProfileType = ProfileType("platformSSO")

        /** By a trial (TempPass), without a TV provider. */
        @JvmField
        public val TEMPORARY: ProfileType = ProfileType("temporary")

        /** By a rule of the programmer while a TV provider is out of order: nobody has signed in. */
        @JvmField
        public val DEGRADED: ProfileType = ProfileType("degraded")
    }
}

/**
 * A TV provider in the picker.
 *
 * @property id its id.
 * @property displayName its name for viewers; its id where no name is known.
 * @property logoUrl its logo.
 * @property isTempPass whether it stands for a trial and is no TV provider: such a one belongs in no picker.
 * @property platformSso whether it takes part in the platform's single sign-on.
 */
@ConsistentCopyVisibility
public data class Provider internal constructor(
    public val id: String,
    public val displayName: String,
    public val logoUrl: String?,
    public val isTempPass: Boolean,
    public val platformSso: Boolean,
)

/**
 * Whom a promotional trial belongs to, besides the device. Does not print its value.
 *
 * @property key the key that is configured with Adobe, such as `email`.
 * @property hashedValue the hashed value (SHA-256): Adobe needs it to be the same each time, not to be readable.
 */
public class PromotionalIdentity(public val key: String, public val hashedValue: String) {
    override fun toString(): String = "PromotionalIdentity($key, redacted)"
}

/**
 * What the TV provider tells of the viewer, as of the latest sign-in or authorization. It says who somebody is, so it does not
 * print its values.
 *
 * @property updatedMillis when it last changed, by Adobe's clock.
 * @property values by name, such as `zip` or `maxRating`; an open set.
 */
@ConsistentCopyVisibility
public data class UserMetadata internal constructor(public val updatedMillis: Long?, public val values: Map<String, Metadatum>) {
    override fun toString(): String = "UserMetadata(updated $updatedMillis, ${values.keys})"
}

/**
 * One property.
 *
 * @property value what it is.
 * @property encrypted whether the value is Base64 of RSA ciphertext. The programmer's backend has the key; a device has not.
 */
@ConsistentCopyVisibility
public data class Metadatum internal constructor(public val value: MetadataValue, public val encrypted: Boolean)

/** The value of a property, in the type that it came in. */
public sealed class MetadataValue {
    /** One text; numbers and flags too come as such. */
    @ConsistentCopyVisibility
    public data class Text internal constructor(public val text: String) : MetadataValue() {
        override fun toString(): String = "Text(redacted)"
    }

    /** Several texts, such as channel ids. */
    @ConsistentCopyVisibility
    public data class Texts internal constructor(public val texts: List<String>) : MetadataValue() {
        override fun toString(): String = "Texts(redacted)"
    }

    /** Texts by name, such as ratings by rating system. */
    @ConsistentCopyVisibility
    public data class TextsByName internal constructor(public val texts: Map<String, String>) : MetadataValue() {
        override fun toString(): String = "TextsByName(redacted)"
    }

    /** The texts of a list, or the one text as a list of one: XML does not tell the two apart. */
    public fun asList(): List<String> = when (this) {
        is Text -> listOf(text)
        is Texts -> texts
        is TextsByName -> texts.values.toList()
    }
}
