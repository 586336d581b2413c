#include "bench/peer.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace attache::bench {

namespace {

constexpr std::size_t block = 64UL * 1024;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what);
}

}  // namespace

void pause_after_burst(std::size_t datagrams) {
  constexpr std::size_t burst = 8;
  if (datagrams % burst == 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Identity::Identity() {
  lab::LeafOptions leaf;
  leaf.addresses = {"127.0.0.1"};
  leaf_ = authority_.issue(leaf);
}

void Identity::give_to(SSL_CTX* context) const {
  std::unique_ptr<BIO, decltype(&BIO_free)> certificate(
      BIO_new_mem_buf(leaf_.certificate_pem.data(), static_cast<int>(leaf_.certificate_pem.size())),
      BIO_free);
  std::unique_ptr<BIO, decltype(&BIO_free)> key(
      BIO_new_mem_buf(leaf_.private_key_pem.data(), static_cast<int>(leaf_.private_key_pem.size())),
      BIO_free);
  std::unique_ptr<X509, decltype(&X509_free)> parsed(
      PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr), X509_free);
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> parsed_key(
      PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  SSL_CTX_use_certificate(context, parsed.get());
  SSL_CTX_use_PrivateKey(context, parsed_key.get());
}

Peer::Peer(Protocol protocol, const Identity& identity) : protocol_(protocol), identity_(identity) {
  descriptor_ = ::socket(AF_INET, (protocol == Protocol::udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* place = reinterpret_cast<sockaddr*>(&address);
  if (::bind(descriptor_, place, size) != 0 || ::getsockname(descriptor_, place, &size) != 0) {
    fail("no free port on 127.0.0.1");
  }
  port_ = ntohs(address.sin_port);
  int room = 8 * 1024 * 1024;
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  if (protocol != Protocol::udp) {
    ::listen(descriptor_, 1);
  }
}

Peer::~Peer() {
  ::close(descriptor_);
}

void Peer::accept() {
  if (protocol_ == Protocol::udp) {
    return;
  }
  int connection = ::accept(descriptor_, nullptr, nullptr);
  ::close(std::exchange(descriptor_, connection));
  int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (protocol_ == Protocol::tls) {
    context_.reset(SSL_CTX_new(TLS_server_method()));
    identity_.give_to(context_.get());
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), descriptor_);
    if (SSL_accept(ssl_.get()) != 1) {
      fail("the TLS handshake failed");
    }
  }
}

std::size_t Peer::read(std::span<char> buffer) {
  ssize_t size = 0;
  if (ssl_) {
    size = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
  } else {
    socklen_t length = sizeof device_;
    size = ::recvfrom(descriptor_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&device_),
                      &length);
  }
  if (size <= 0) {
    fail("the connection ended too early");
  }
  return static_cast<std::size_t>(size);
}

void Peer::read_all(std::size_t count) {
  std::vector<char> buffer(block);
  while (count > 0) {
    count -= std::min(count, read(buffer));
  }
}

bool Peer::readable_within(int milliseconds) const {
  pollfd readable{descriptor_, POLLIN, 0};
  return ::poll(&readable, 1, milliseconds) > 0;
}

void Peer::write(std::string_view bytes) {
  while (!bytes.empty()) {
    bytes.remove_prefix(write_some(bytes));
  }
}

std::size_t Peer::write_some(std::string_view bytes) {
  ssize_t size = 0;
  if (ssl_) {
    size = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
  } else if (protocol_ == Protocol::udp) {
    pause_after_burst(++datagrams_);
    size = ::sendto(descriptor_, bytes.data(), std::min(bytes.size(), datagram_size), 0,
                    reinterpret_cast<const sockaddr*>(&device_), sizeof device_);
  } else {
    size = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  if (size <= 0) {
    fail("the connection ended too early");
  }
  return static_cast<std::size_t>(size);
}

}  // namespace attache::bench
