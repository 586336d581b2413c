#include "net/tls_datagrams.hpp"

#include <openssl/bio.h>

#include <algorithm>

namespace attache::net {

namespace {

TlsDatagrams& of(BIO* bio) {
  return *static_cast<TlsDatagrams*>(BIO_get_data(bio));
}

// A datagram of which OpenSSL takes only a part is gone, as with a socket.
int read(BIO* bio, char* buffer, int size) {
  auto& input = of(bio).input;
  BIO_clear_retry_flags(bio);
  if (input.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  std::string datagram = std::move(input.front());
  input.pop_front();
  std::size_t part = std::min(datagram.size(), static_cast<std::size_t>(size));
  std::copy_n(datagram.begin(), part, buffer);
  return static_cast<int>(part);
}

int write(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  of(bio).output.emplace_back(bytes, static_cast<std::size_t>(size));
  return size;
}

long control(BIO*, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_FLUSH:
    case BIO_CTRL_DGRAM_SET_NEXT_TIMEOUT:
      return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
      return TlsDatagrams::mtu;
    default:
      return 0;
  }
}

BIO_METHOD* make_method() {
  BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams in memory");
  BIO_meth_set_read(method, read);
  BIO_meth_set_write(method, write);
  BIO_meth_set_ctrl(method, control);
  return method;
}

}  // namespace

bio_st* TlsDatagrams::make_bio() {
  static BIO_METHOD* const method = make_method();  // For the life of the program.
  BIO* bio = BIO_new(method);
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace attache::net
