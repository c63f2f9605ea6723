package io.couchpass

/**
 * What a client is made of. Four things are needed, all others have defaults that are right for nearly every app.
 *
 * ```
 * val config = PassConfig(PassApi.V2, PassEnvironment.RELEASE_STAGING, "REF30", statement) {
 *     profileSelection = ProfileSelection.LAST_PROVIDER
 * }
 * ```
 * In Java there is a [Builder].
 */
public class PassConfig internal constructor(builder: Builder) {
    /** Which of Adobe's APIs is spoken. */
    public val api: PassApi = builder.api

    /** Which Adobe Pass is used. */
    public val environment: PassEnvironment = builder.environment

    /** The requestor id that Adobe has set up for the channel; v2 calls it the service provider. */
    public val requestor: String = builder.requestor
    internal val softwareStatement: String = builder.softwareStatement
    internal val deviceId: String? = builder.deviceId
    internal val importedCredentials: ClientCredentials? = builder.importedCredentials
    internal val amazonSso: AmazonSso? = builder.amazonSso
    internal val platformTokenCarrier: PlatformTokenCarrier = builder.platformTokenCarrier
    internal val platformTokenPatienceMillis: Long? = builder.platformTokenPatienceMillis
    internal val codeLifetimeMillis: Long? = builder.codeLifetimeMillis
    internal val profileSelection: ProfileSelection = builder.profileSelection
    internal val redirectUrl: String? = builder.redirectUrl
    internal val tlsRoots: List<String> = builder.tlsRoots.toList()
    internal val answerWithinMillis: Long? = builder.answerWithinMillis
    internal val preauthorizedAtOnce: Int? = builder.preauthorizedAtOnce
    internal val proxy: String? = builder.proxy

    override fun toString(): String = "PassConfig($api, $environment, $requestor)"

    /**
     * A configuration in the making.
     *
     * ```
     * PassConfig config = new PassConfig.Builder(PassApi.V2, PassEnvironment.RELEASE_STAGING, "REF30", statement)
     *         .profileSelection(ProfileSelection.LAST_PROVIDER)
     *         .build();
     * ```
     *
     * @param api which API to speak. v1 ends about the end of 2026, so a new app takes [PassApi.V2]; an app in the field moves to
     *   it with a release of its own, since every viewer signs in again.
     * @param environment which Adobe Pass to use.
     * @param requestor the requestor id that Adobe has set up for the channel.
     * @param softwareStatement the statement of the registered application, unchanged.
     */
    public class Builder(
        internal val api: PassApi,
        internal val environment: PassEnvironment,
        internal val requestor: String,
        internal val softwareStatement: String,
    ) {
        /**
         * The device's id, where another SDK has given it one: Adobe keeps the sign-in under it. The first one is remembered, and
         * another is refused from then on, so it has to be the same at every start; where it cannot be read, pass none.
         */
        public var deviceId: String? = null
            @JvmSynthetic set

        /** The registration of an earlier SDK, so that an update signs nobody out. Pass its [deviceId] too. */
        public var importedCredentials: ClientCredentials? = null
            @JvmSynthetic set

        /** How Amazon's single sign-on is asked; `null` for not at all. */
        public var amazonSso: AmazonSso? = AmazonSso()
            @JvmSynthetic set

        /** Where the platform token sits in a request. REST v2 takes it in the header alone. */
        public var platformTokenCarrier: PlatformTokenCarrier = PlatformTokenCarrier.HEADER
            @JvmSynthetic set

        /** How long the first call waits for a silent platform, in milliseconds, ten minutes of which at most; 3000 without one. */
        public var platformTokenPatienceMillis: Long? = null
            @JvmSynthetic set

        /** How long a code lives, in milliseconds, whole seconds of which count; Adobe's default is 30 minutes. On v1 alone. */
        public var codeLifetimeMillis: Long? = null
            @JvmSynthetic set

        /** Which of several profiles becomes the current one. */
        public var profileSelection: ProfileSelection = ProfileSelection.LONGEST_VALIDITY
            @JvmSynthetic set

        /** Where a browser ends that follows a [SignOutAction] of REST v2, so that the app knows when to close it. */
        public var redirectUrl: String? = null
            @JvmSynthetic set

        /** More TLS roots to trust, in PEM form: a debugging proxy's, for example. */
        public var tlsRoots: List<String> = emptyList()
            @JvmSynthetic set

        /** How long one request may take, in milliseconds; 15 000 without one. */
        public var answerWithinMillis: Long? = null
            @JvmSynthetic set

        /** How many resources one preauthorization request may name; 5, unless agreed otherwise with Adobe. */
        public var preauthorizedAtOnce: Int? = null
            @JvmSynthetic set

        /**
         * The HTTP proxy that every request goes through, `http://host:port`: a debugging proxy, for example, whose root goes into
         * [tlsRoots]. The proxy in the device's own network settings is not used.
         */
        public var proxy: String? = null
            @JvmSynthetic set

        /** Sets [Builder.deviceId]. */
        @JvmName("deviceId")
        public fun withDeviceId(id: String?): Builder = apply { deviceId = id }

        /** Sets [Builder.importedCredentials]. */
        @JvmName("importedCredentials")
        public fun withImportedCredentials(credentials: ClientCredentials?): Builder = apply { importedCredentials = credentials }

        /** Sets [Builder.amazonSso]. */
        @JvmName("amazonSso")
        public fun withAmazonSso(sso: AmazonSso?): Builder = apply { amazonSso = sso }

        /** Sets [Builder.platformTokenCarrier]. */
        @JvmName("platformTokenCarrier")
        public fun withPlatformTokenCarrier(carrier: PlatformTokenCarrier): Builder = apply { platformTokenCarrier = carrier }

        /** Sets [Builder.platformTokenPatienceMillis]. */
        @JvmName("platformTokenPatienceMillis")
        public fun withPlatformTokenPatienceMillis(millis: Long?): Builder = apply { platformTokenPatienceMillis = millis }

        /** Sets [Builder.codeLifetimeMillis]. */
        @JvmName("codeLifetimeMillis")
        public fun withCodeLifetimeMillis(millis: Long?): Builder = apply { codeLifetimeMillis = millis }

        /** Sets [Builder.profileSelection]. */
        @JvmName("profileSelection")
        public fun withProfileSelection(selection: ProfileSelection): Builder = apply { profileSelection = selection }

        /** Sets [Builder.redirectUrl]. */
        @JvmName("redirectUrl")
        public fun withRedirectUrl(url: String?): Builder = apply { redirectUrl = url }

        /** Sets [Builder.tlsRoots]. */
        @JvmName("tlsRoots")
        public fun withTlsRoots(roots: List<String>): Builder = apply { tlsRoots = roots }

        /** Sets [Builder.answerWithinMillis]. */
        @JvmName("answerWithinMillis")
        public fun withAnswerWithinMillis(millis: Long?): Builder = apply { answerWithinMillis = millis }

        /** Sets [Builder.preauthorizedAtOnce]. */
        @JvmName("preauthorizedAtOnce")
        public fun withPreauthorizedAtOnce(count: Int?): Builder = apply { preauthorizedAtOnce = count }

        /** Sets [Builder.proxy]. */
        @JvmName("proxy")
        public fun withProxy(address: String?): Builder = apply { proxy = address }

        /** The configuration. Whether it is right shows when a client is made of it. */
        public fun build(): PassConfig = PassConfig(this)
    }
}

/** A configuration; [options] sets what has a default. See [PassConfig.Builder] for the parameters. */
@JvmSynthetic
public fun PassConfig(
    api: PassApi,
    environment: PassEnvironment,
    requestor: String,
    softwareStatement: String,
    options: PassConfig.Builder.() -> Unit = {},
): PassConfig = PassConfig.Builder(api, environment, requestor, softwareStatement).apply(options).build()

/** Adobe's two REST APIs. */
public enum class PassApi {
    /** The older one; it ends about the end of 2026. */
    V1,

    /** The current one. */
    V2,
}

/** Where Adobe Pass is: one of Adobe's environments, or any pair of addresses. */
public class PassEnvironment internal constructor(private val first: String, private val second: String?) {
    internal operator fun component1(): String = first

    internal operator fun component2(): String? = second

    override fun toString(): String = if (second == null) first else "api $first, sp $second"

    override fun equals(other: Any?): Boolean = other is PassEnvironment && other.first == first && other.second == second

    override fun hashCode(): Int = 31 * first.hashCode() + second.hashCode()

    public companion object {
        /** For viewers. */
        @JvmField
        public val RELEASE_PRODUCTION: PassEnvironment = PassEnvironment("release-production", null)

        /** For testing against what viewers will get. */
        @JvmField
        public val RELEASE_STAGING: PassEnvironment = PassEnvironment("release-staging", null)

        /** Adobe's next release, with production data. */
        @JvmField
        public val PREQUAL_PRODUCTION: PassEnvironment = PassEnvironment("prequal-production", null)

        /** Adobe's next release, with staging data. */
        @JvmField
        public val PREQUAL_STAGING: PassEnvironment = PassEnvironment("prequal-staging", null)

        /**
         * Any pair of addresses, such as the sandbox's: that of REST v1, and that of registration and REST v2. Each is
         * `https://host[:port]`; plain `http` is for the device's own loopback address alone.
         */
        @JvmStatic
        public fun at(api: String, sp: String): PassEnvironment = PassEnvironment(api, sp)
    }
}

/** Where the platform token sits in a request; the app chooses, the header is Adobe's first choice. */
public enum class PlatformTokenCarrier {
    /** The header `Adobe-Subject-Token`. */
    HEADER,

    /** The query parameter `ast`. Long tokens may make the address too long for something on the way. */
    QUERY,

    /** The form field `ast` on calls that have a form; the header elsewhere. */
    POST,
}

/** Which of a viewer's profiles is the current one, where REST v2 tells of several. */
public enum class ProfileSelection {
    /** The one that is valid for the longest time. */
    LONGEST_VALIDITY,

    /** The one with the TV provider that was used or chosen last, if there is one. */
    LAST_PROVIDER,
}

/** An app instance's registration, as another SDK has made it before. Does not print its secret. */
public class ClientCredentials(public val clientId: String, internal val clientSecret: String) {
    override fun toString(): String = "ClientCredentials($clientId, redacted)"
}
