package io.couchpass

import android.content.Context
import io.couchpass.amazon.AmazonPlatform
import io.couchpass.device.DeviceDescription
import io.couchpass.device.InitialDeviceId
import io.couchpass.device.SystemFacts
import io.couchpass.internal.StorePlace
import io.couchpass.internal.Surroundings
import io.couchpass.vault.KeyVault
import java.io.File

/** Where an app in Java begins; in Kotlin it is `PassClient.create(context, config)`. */
public object PassClients {
    /**
     * As [PassClient.Companion.create].
     *
     * ```
     * PassClient passClient = PassClients.create(context, config);
     * CallbackPassClient client = new CallbackPassClient(passClient, mainThread);
     * ```
     *
     * @throws PassException if the configuration is wrong, or the native library missing; [PassError.FixConfiguration] says what
     *   to change.
     */
    @JvmStatic
    @Throws(PassException::class)
    public fun create(context: Context, config: PassConfig): PassClient = PassClient.create(context, config)
}

/**
 * Makes a client for this device. It makes no request, but reads files and asks the device's key store, so it is not for the main
 * thread. Clients of one process share what is remembered; a second process cannot open it while the first one has.
 *
 * ```
 * val client = withContext(Dispatchers.IO) { PassClient.create(context, config) }
 * ```
 *
 * @throws PassException if the configuration is wrong, or the native library missing; [PassError.FixConfiguration] says what to
 *   change.
 */
@JvmSynthetic
public fun PassClient.Companion.create(context: Context, config: PassConfig): PassClient =
    open(config, surroundings(context, config))

private fun surroundings(context: Context, config: PassConfig): Surroundings = Surroundings(
    deviceInfo = DeviceDescription.of(SystemFacts.of(context)),
    initialDeviceId = InitialDeviceId.of(context.contentResolver)?.value,
    store = StorePlace(File(KeyVault.directory(context), "store").path, KeyVault.of(context).open()),
    platformTokens = config.amazonSso?.let { AmazonPlatform.tokenSource(context, it) },
)
