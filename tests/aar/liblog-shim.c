/* Android's log on a desktop: to standard error, so that nothing the library says is lost. */
#include <stdio.h>

int __android_log_write(int priority, const char *tag, const char *text) {
  return fprintf(stderr, "%d %s: %s\n", priority, tag, text);
}

int __android_log_buf_write(int buffer, int priority, const char *tag, const char *text) {
  (void)buffer;
  return __android_log_write(priority, tag, text);
}
