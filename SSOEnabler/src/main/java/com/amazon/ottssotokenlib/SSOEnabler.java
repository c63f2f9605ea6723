package com.amazon.ottssotokenlib;

import android.content.Context;
import android.os.Bundle;

/**
 * Amazon's class as far as its signatures are known, to compile against. It never ends up in an app: on a Fire TV the
 * system brings the real one. README.md says which of these signatures are printed somewhere and which are inferred.
 */
public class SSOEnabler {
    private SSOEnabler() {}

    public static SSOEnabler getInstance(Context context) {
        throw stub();
    }

    public void setSSOTokenCallback(SSOEnablerCallback callback) {
        throw stub();
    }

    /** Milliseconds, for the synchronous call. */
    public void setSSOTokenTimeout(long timeout) {
        throw stub();
    }

    public Bundle getSSOTokenSync() {
        throw stub();
    }

    public Bundle getSSOTokenAsync() {
        throw stub();
    }

    private static RuntimeException stub() {
        return new UnsupportedOperationException("Couchpass's stub of SSOEnabler is in the app; it is for compiling only");
    }

    /** A class, not an interface: whoever wants to be called back has to extend it. */
    public abstract static class SSOEnablerCallback {
        public abstract void getSSOTokenSuccess(Bundle bundle);

        public abstract void getSSOTokenFailure(Bundle bundle);
    }
}
