package io.couchpass.testing

import com.grack.nanojson.JsonObject
import com.grack.nanojson.JsonParser
import com.grack.nanojson.JsonParserException
import com.grack.nanojson.JsonWriter

/** An object of [fields] without those that are `null`: the control API takes a field that is absent for its default. */
internal fun json(vararg fields: Pair<String, Any?>): JsonObject = JsonObject(fields.toMap().filterValues { it != null })

/** What [text] says; `null` if it is no JSON. */
internal fun parsed(text: String): Any? = try {
    JsonParser.any().from(text)
} catch (_: JsonParserException) {
    null
}

internal fun JsonObject.toJson(): String = JsonWriter.string(this)

/** The objects of the list [name]. */
internal fun JsonObject.objects(name: String): List<JsonObject> = getArray(name).filterIsInstance<JsonObject>()

/** The texts of the list [name]. */
internal fun JsonObject.texts(name: String): List<String> = getArray(name).filterIsInstance<String>()
