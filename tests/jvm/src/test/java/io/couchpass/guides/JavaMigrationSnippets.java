package io.couchpass.guides;

import android.content.Context;
import android.webkit.WebView;
import io.couchpass.CallbackPassClient;
import io.couchpass.PassApi;
import io.couchpass.PassCall;
import io.couchpass.PassClients;
import io.couchpass.PassConfig;
import io.couchpass.PassEnvironment;
import io.couchpass.PassError;
import io.couchpass.PassException;
import io.couchpass.Profile;
import io.couchpass.Provider;
import io.couchpass.SignInEvent;
import io.couchpass.SignInWith;

/** The Java of the two guides for apps that move here, piece by piece. */
final class JavaMigrationSnippets {
    interface Screen {
        void showHome(Profile profile);

        void showError(PassError error);

        void offerSignIn();
    }

    /** As Android's, which takes what is to run. */
    interface Handler {
        boolean post(Runnable work);
    }

    private final Screen screen;

    JavaMigrationSnippets(Screen screen) {
        this.screen = screen;
    }

    CallbackPassClient setUp(Context context, Handler handler, String statement) throws PassException {
        PassConfig config = new PassConfig.Builder(PassApi.V2, PassEnvironment.RELEASE_PRODUCTION, "REF30", statement).build();
        CallbackPassClient client = new CallbackPassClient(PassClients.create(context, config), handler::post);
        return client;
    }

    PassCall signIn(CallbackPassClient client, Provider chosen, WebView webView) {
        SignInWith way = new SignInWith.Browser(chosen.getId(), "example.com", "https://example.com/done");
        PassCall signIn = client.signIn(event -> {
            if (event instanceof SignInEvent.Page) {
                webView.loadUrl(((SignInEvent.Page) event).getUrl());
            } else if (event instanceof SignInEvent.SignedIn) {
                screen.showHome(((SignInEvent.SignedIn) event).getProfile());
            } else if (event instanceof SignInEvent.Failed) {
                screen.showError(((SignInEvent.Failed) event).getError());
            } else if (event.isLast()) {
                screen.offerSignIn();
            }
        }, way);
        return signIn;
    }

    PassConfig moveToV2(String statement) {
        // Was PassApi.V1, and the statement of v1.
        PassConfig config = new PassConfig.Builder(PassApi.V2, PassEnvironment.RELEASE_PRODUCTION, "REF30", statement).build();
        return config;
    }
}
