package io.couchpass.benchmarks

import com.google.gson.JsonObject
import com.google.gson.JsonParser
import io.couchpass.PassApi
import io.couchpass.testing.TestDevice
import okhttp3.FormBody
import okhttp3.HttpUrl
import okhttp3.HttpUrl.Companion.toHttpUrl
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody
import okhttp3.RequestBody.Companion.toRequestBody
import java.util.Base64

/** A start as an app would write it that calls the service by itself: the same requests, and no care for anything that may fail. */
internal class PlainStart(private val http: OkHttpClient, private val place: Place) {
    private val deviceInfo =
        base64(JsonObject().apply { for ((name, value) in TestDevice.FIRE_TV_STICK) addProperty(name, value) }.toString())
    private lateinit var bearer: String

    fun mediaToken(version: PassApi): String {
        val registered = send(
            Request.Builder().url(place.sp.toHttpUrl().at("o/client/register"))
                .post(json(JsonObject().apply { addProperty("software_statement", place.statement) }.toString())),
        )
        val form = FormBody.Builder()
            .add("grant_type", "client_credentials")
            .add("client_id", registered.text("client_id"))
            .add("client_secret", registered.text("client_secret"))
            .build()
        bearer = send(Request.Builder().url(place.sp.toHttpUrl().at("o/client/token")).post(form)).text("access_token")
        return if (version == PassApi.V1) first() else second()
    }

    private fun first(): String {
        val api = place.api.toHttpUrl()
        val whoever = { url: HttpUrl.Builder ->
            url.addQueryParameter("requestor", Starts.REQUESTOR).addQueryParameter("deviceId", Starts.DEVICE_ID)
        }
        val resource = { url: HttpUrl.Builder -> whoever(url).addQueryParameter("resource", Starts.RESOURCE) }
        send(authorized(Request.Builder().url(whoever(api.at("api/v1/tokens/authn").newBuilder()).build()))).text("mvpd")
        send(authorized(Request.Builder().url(resource(api.at("api/v1/authorize").newBuilder()).build()))).text("resource")
        val media = send(authorized(Request.Builder().url(resource(api.at("api/v1/tokens/media").newBuilder()).build())))
        return media.text("serializedToken")
    }

    private fun second(): String {
        val sp = place.sp.toHttpUrl()
        val device = "fingerprint ${base64(Starts.DEVICE_ID)}"
        val profiles = send(
            authorized(
                Request.Builder().url(sp.at("api/v2/${Starts.REQUESTOR}/profiles")).header("AP-Device-Identifier", device),
            ),
        )
        val mvpd = profiles.getAsJsonObject("profiles").keySet().first()
        val decisions = send(
            authorized(
                Request.Builder().url(sp.at("api/v2/${Starts.REQUESTOR}/decisions/authorize/$mvpd"))
                    .header("AP-Device-Identifier", device)
                    .post(json("""{"resources":["${Starts.RESOURCE}"]}""")),
            ),
        )
        return decisions.getAsJsonArray("decisions")[0].asJsonObject.getAsJsonObject("token").text("serializedToken")
    }

    private fun authorized(request: Request.Builder): Request.Builder =
        request.header("Authorization", "Bearer $bearer").header("Adobe-Subject-Token", place.platformToken)

    private fun send(request: Request.Builder): JsonObject {
        val whole = request.header("Accept", "application/json").header("X-Device-Info", deviceInfo).build()
        return http.newCall(whole).execute().use { response ->
            check(response.isSuccessful) { "${whole.url}: ${response.code}" }
            JsonParser.parseReader(response.body.charStream()).asJsonObject
        }
    }

    private companion object {
        val JSON = "application/json".toMediaType()

        // As bytes: to a text OkHttp would add its encoding.
        fun json(text: String): RequestBody = text.toByteArray().toRequestBody(JSON)

        fun HttpUrl.at(path: String): HttpUrl = newBuilder().addPathSegments(path).build()

        fun JsonObject.text(name: String): String = get(name).asString

        fun base64(text: String): String = Base64.getEncoder().encodeToString(text.toByteArray())
    }
}
