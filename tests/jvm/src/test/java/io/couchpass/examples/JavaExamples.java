package io.couchpass.examples;

import android.content.Context;
import io.couchpass.CallbackPassClient;
import io.couchpass.Decision;
import io.couchpass.MediaToken;
import io.couchpass.PassApi;
import io.couchpass.PassCallback;
import io.couchpass.PassClient;
import io.couchpass.PassClients;
import io.couchpass.PassConfig;
import io.couchpass.PassEnvironment;
import io.couchpass.PassError;
import io.couchpass.PassException;
import io.couchpass.ProfileSelection;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;

/** The examples in Java; Examples.kt tells what they are for. */
final class JavaExamples {
    final BlockingQueue<String> done = new LinkedBlockingQueue<>();

    CallbackPassClient authorize(PassClient passClient, Executor mainThread) {
        CallbackPassClient client = new CallbackPassClient(passClient, mainThread);
        client.authorize("LanternOne", new PassCallback<Decision>() {
            @Override
            public void onSuccess(Decision decision) {
                play(decision.getMediaToken());
            }

            @Override
            public void onFailure(PassException exception) {
                show(exception.getError());
            }
        });
        return client;
    }

    CallbackPassClient create(Context context, PassConfig config, Executor mainThread) throws PassException {
        PassClient passClient = PassClients.create(context, config);
        CallbackPassClient client = new CallbackPassClient(passClient, mainThread);
        return client;
    }

    PassConfig configure(String statement) {
        PassConfig config = new PassConfig.Builder(PassApi.V2, PassEnvironment.RELEASE_STAGING, "REF30", statement)
                .profileSelection(ProfileSelection.LAST_PROVIDER)
                .build();
        return config;
    }

    private void play(MediaToken token) {
        done.add("playing");
    }

    private void show(PassError error) {
        done.add(error.getClass().getSimpleName());
    }
}
