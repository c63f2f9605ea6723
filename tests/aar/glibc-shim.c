/* What Android's C library has and glibc has not, or has otherwise, for Android's own native library in a desktop's JVM.
 *
 * Preloaded as libc.so, which is what that library asks for; the system's is libc.so.6. Where the two have a function of one
 * name that differs, the caller decides: what needs libc.so is Android's. Both are on Linux, so below this they agree.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THE_SYSTEMS(function) ((__typeof__(&function))dlsym(RTLD_NEXT, #function))

static bool is_android(void *caller) {
  Dl_info info;
  struct link_map *object;
  const char *names = NULL;
  if (dladdr1(caller, &info, (void **)&object, RTLD_DL_LINKMAP) == 0) return false;
  for (ElfW(Dyn) *entry = object->l_ld; entry->d_tag != DT_NULL; entry++)
    if (entry->d_tag == DT_STRTAB) names = (const char *)entry->d_un.d_ptr;
  for (ElfW(Dyn) *entry = object->l_ld; entry->d_tag != DT_NULL; entry++)
    if (entry->d_tag == DT_NEEDED && strcmp(names + entry->d_un.d_val, "libc.so") == 0) return true;
  return false;
}

int *__errno(void) {
  return __errno_location();
}

/* bionic's is the one of POSIX, as is glibc's under another name. */
int __xpg_strerror_r(int, char *, size_t);

char *strerror_r(int number, char *text, size_t size) {
  if (is_android(__builtin_return_address(0))) return (char *)(long)__xpg_strerror_r(number, text, size);
  return THE_SYSTEMS(strerror_r)(number, text, size);
}

/* The two count the names differently. */
long sysconf(int name) {
  if (!is_android(__builtin_return_address(0))) return THE_SYSTEMS(sysconf)(name);
  switch (name) {
    case 39:
    case 40:
      return THE_SYSTEMS(sysconf)(_SC_PAGESIZE);
    case 96:
      return THE_SYSTEMS(sysconf)(_SC_NPROCESSORS_CONF);
    case 97:
      return THE_SYSTEMS(sysconf)(_SC_NPROCESSORS_ONLN);
    default:
      fprintf(stderr, "glibc-shim: what is sysconf(%d) on Android?\n", name);
      abort();
  }
}

/* The two have the last fields in another order. */
struct android_addrinfo {
  int flags, family, type, protocol;
  socklen_t length;
  char *name;
  struct sockaddr *address;
  struct android_addrinfo *next;
};

#define ANDROID_EAI_NONAME 8

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
  struct addrinfo *found;
  struct android_addrinfo *first = NULL, **last = &first;
  if (!is_android(__builtin_return_address(0))) return THE_SYSTEMS(getaddrinfo)(node, service, hints, result);
  if (THE_SYSTEMS(getaddrinfo)(node, service, hints, &found) != 0) return ANDROID_EAI_NONAME;
  for (struct addrinfo *each = found; each != NULL; each = each->ai_next) {
    struct android_addrinfo *copy = calloc(1, sizeof *copy + each->ai_addrlen);
    if (copy == NULL) abort();
    copy->family = each->ai_family;
    copy->type = each->ai_socktype;
    copy->protocol = each->ai_protocol;
    copy->length = each->ai_addrlen;
    copy->address = memcpy(copy + 1, each->ai_addr, each->ai_addrlen);
    *last = copy;
    last = &copy->next;
  }
  THE_SYSTEMS(freeaddrinfo)(found);
  *result = (struct addrinfo *)first;
  return 0;
}

void freeaddrinfo(struct addrinfo *list) {
  if (!is_android(__builtin_return_address(0))) {
    THE_SYSTEMS(freeaddrinfo)(list);
    return;
  }
  for (struct android_addrinfo *each = (struct android_addrinfo *)list, *next; each != NULL; each = next) {
    next = each->next;
    free(each);
  }
}
