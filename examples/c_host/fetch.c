// A host of a serial LTE modem in plain POSIX C: fetches a page over HTTP or HTTPS, and tries again when coverage
// or the server are lost on the way. It knows nothing of Attaché.
//
//   fetch [-n ATTEMPTS] [-w SECONDS] [-b SECONDS] PORT HOST SERVER_PORT PATH [CA.pem]
//
// The page goes to stdout, what happens to stderr. Exit code 0, 1 (given up) or 2 (usage, no such port or file).

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { security_tag = 42, line_limit = 1024, page_limit = 65536 };

struct modem {
  int descriptor;
  bool registered;  // By the last +CEREG.
  bool connected;   // By the last #XHTTPCCON.
};

struct job {
  int attempts;
  int network_seconds;  // How long the modem may look for a network.
  int pause_seconds;    // After the first failed attempt; twice as long after each further one.
  const char *host;
  const char *server_port;
  const char *path;
  char *certificate;  // NULL: no TLS.
};

static void say(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fputc('\n', stderr);
}

static long long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

// ---- The line ------------------------------------------------------------------------------------------------

static int open_port(const char *path) {
  int descriptor = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
  struct termios modes;
  if (descriptor < 0 || tcgetattr(descriptor, &modes) != 0) {
    return -1;
  }
  modes.c_iflag = IGNBRK;
  modes.c_oflag = 0;
  modes.c_lflag = 0;
  modes.c_cflag = CS8 | CREAD | CLOCAL;
  modes.c_cc[VMIN] = 1;
  modes.c_cc[VTIME] = 0;
  cfsetispeed(&modes, B115200);
  cfsetospeed(&modes, B115200);
  return tcsetattr(descriptor, TCSANOW, &modes) == 0 ? descriptor : -1;
}

static bool wait_for(int descriptor, short events, long long deadline) {
  long long left = deadline - now_ms();
  struct pollfd ready = {.fd = descriptor, .events = events};
  return poll(&ready, 1, left > 0 ? (int)left : 0) == 1;
}

static bool write_all(struct modem *modem, const char *bytes, size_t count) {
  long long deadline = now_ms() + 10000;
  while (count > 0) {
    ssize_t written = write(modem->descriptor, bytes, count);
    if (written > 0) {
      bytes += written;
      count -= (size_t)written;
    } else if (!wait_for(modem->descriptor, POLLOUT, deadline)) {
      return false;
    }
  }
  return true;
}

static bool read_byte(struct modem *modem, char *byte, long long deadline) {
  for (;;) {
    if (read(modem->descriptor, byte, 1) == 1) {
      return true;
    }
    if ((errno != EAGAIN && errno != EINTR) || !wait_for(modem->descriptor, POLLIN, deadline)) {
      return false;
    }
  }
}

// What the modem tells by itself may come at any time.
static void note(struct modem *modem, const char *line) {
  int value = 0;
  if (sscanf(line, "+CEREG: %d", &value) == 1) {
    modem->registered = value == 1 || value == 5;
  } else if (sscanf(line, "#XHTTPCCON: %d", &value) == 1) {
    modem->connected = value == 1;
  }
}

// The next line that is not empty, without its end.
static bool read_line(struct modem *modem, char line[line_limit], long long deadline) {
  size_t length = 0;
  char byte = 0;
  while (read_byte(modem, &byte, deadline)) {
    if (byte == '\n' && length > 0) {
      line[length] = '\0';
      note(modem, line);
      return true;
    }
    if (byte != '\r' && byte != '\n' && length < line_limit - 1) {
      line[length++] = byte;
    }
  }
  return false;
}

// Sends a command; true if OK comes within the time.
static bool command(struct modem *modem, int seconds, const char *format, ...) {
  static char text[page_limit];
  char line[line_limit];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(text, sizeof text - 2, format, arguments);
  va_end(arguments);
  if (length < 0 || (size_t)length >= sizeof text - 2) {
    return false;
  }
  memcpy(text + length, "\r\n", 2);
  if (!write_all(modem, text, (size_t)length + 2)) {
    return false;
  }
  long long deadline = now_ms() + seconds * 1000LL;
  while (read_line(modem, line, deadline)) {
    if (strcmp(line, "OK") == 0) {
      return true;
    }
    if (strcmp(line, "ERROR") == 0 || strncmp(line, "+CM", 3) == 0) {
      return false;
    }
  }
  return false;
}

// ---- The session ---------------------------------------------------------------------------------------------

static bool start_modem(struct modem *modem, const struct job *job) {
  bool awake = false;
  for (int i = 0; i < 3 && !awake; ++i) {
    awake = command(modem, 5, "AT");
  }
  if (!awake) {
    say("the modem does not answer");
    return false;
  }
  if (!command(modem, 10, "AT+CFUN=4") ||
      (job->certificate != NULL &&
       !command(modem, 10, "AT%%CMNG=0,%d,0,\"%s\"", security_tag, job->certificate)) ||
      !command(modem, 10, "AT+CEREG=1") || !command(modem, 10, "AT+CFUN=1")) {
    say("the modem refuses its settings");
    return false;
  }
  return true;
}

static bool await_network(struct modem *modem, int seconds) {
  char line[line_limit];
  long long deadline = now_ms() + seconds * 1000LL;
  if (!modem->registered) {
    say("waiting for a network");
  }
  while (!modem->registered) {
    if (!read_line(modem, line, deadline)) {
      say("no network within %d s", seconds);
      return false;
    }
  }
  return true;
}

// Appends the response, piece by piece: #XHTTPCRSP:<count>,<more> and so many bytes, until <more> is 1.
static bool read_page(struct modem *modem, char page[page_limit], size_t *size) {
  char line[line_limit];
  long long deadline = now_ms() + 60000;
  while (modem->connected && read_line(modem, line, deadline)) {
    size_t count = 0;
    int complete = 0;
    if (sscanf(line, "#XHTTPCRSP:%zu,%d", &count, &complete) != 2 || complete < 0) {
      continue;
    }
    if (complete == 1) {
      page[*size] = '\0';
      return true;
    }
    if (count >= page_limit - *size) {
      say("the page is too long");
      return false;
    }
    for (; count > 0; --count) {
      if (!read_byte(modem, &page[(*size)++], deadline)) {
        return false;
      }
    }
  }
  return false;
}

static bool fetch(struct modem *modem, const struct job *job) {
  static char page[page_limit];
  size_t size = 0;
  char tag[16] = "";
  if (job->certificate != NULL) {
    snprintf(tag, sizeof tag, ",%d", security_tag);
  }
  if (!command(modem, 120, "AT#XHTTPCCON=1,\"%s\",%s%s", job->host, job->server_port, tag)) {
    say("no connection to %s", job->host);
    return false;
  }
  say("connected to %s", job->host);
  bool done = command(modem, 10, "AT#XHTTPCREQ=\"GET\",\"%s\",\"\"", job->path) && read_page(modem, page, &size);
  if (modem->connected) {
    command(modem, 10, "AT#XHTTPCCON=0");
  }
  if (!done) {
    say("the connection was lost");
    return false;
  }
  int status = 0;
  const char *body = strstr(page, "\r\n\r\n");
  if (body == NULL || sscanf(page, "HTTP/1.%*d %d", &status) != 1 || status != 200) {
    say("the server refused: %d", status);
    return false;
  }
  fwrite(body + 4, 1, size - (size_t)(body + 4 - page), stdout);
  return true;
}

// Lets time pass, and listens meanwhile.
static void pause_for(struct modem *modem, int seconds) {
  char line[line_limit];
  long long deadline = now_ms() + seconds * 1000LL;
  while (read_line(modem, line, deadline)) {
  }
}

static bool run(struct modem *modem, const struct job *job) {
  if (!start_modem(modem, job)) {
    return false;
  }
  int pause_seconds = job->pause_seconds;
  for (int attempt = 1; attempt <= job->attempts; ++attempt) {
    if (await_network(modem, job->network_seconds) && fetch(modem, job)) {
      return true;
    }
    say("attempt %d of %d failed", attempt, job->attempts);
    if (attempt < job->attempts) {
      pause_for(modem, pause_seconds);
      pause_seconds *= 2;
    }
  }
  return false;
}

// ---- The program ---------------------------------------------------------------------------------------------

static char *read_file(const char *path) {
  static char text[16384];
  FILE *file = fopen(path, "r");
  if (file == NULL) {
    return NULL;
  }
  size_t size = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[size] = '\0';
  return text;
}

int main(int count, char **words) {
  struct job job = {.attempts = 5, .network_seconds = 300, .pause_seconds = 2};
  int option = 0;
  while ((option = getopt(count, words, "n:w:b:")) != -1) {
    int *number = option == 'n' ? &job.attempts : option == 'w' ? &job.network_seconds : &job.pause_seconds;
    if (option == '?') {
      return 2;
    }
    *number = atoi(optarg);
  }
  if (count - optind < 4 || count - optind > 5) {
    say("usage: fetch [-n ATTEMPTS] [-w SECONDS] [-b SECONDS] PORT HOST SERVER_PORT PATH [CA.pem]");
    return 2;
  }
  struct modem modem = {.descriptor = open_port(words[optind])};
  if (modem.descriptor < 0) {
    say("%s: %s", words[optind], strerror(errno));
    return 2;
  }
  job.host = words[optind + 1];
  job.server_port = words[optind + 2];
  job.path = words[optind + 3];
  if (count - optind == 5) {
    job.certificate = read_file(words[optind + 4]);
    if (job.certificate == NULL) {
      say("%s: %s", words[optind + 4], strerror(errno));
      return 2;
    }
  }
  bool done = run(&modem, &job);
  close(modem.descriptor);
  return done ? 0 : 1;
}
