#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/posix/file_descriptor.hpp"
#include "base/result.hpp"

namespace attache::base {

/// An address of a stream socket, IPv4, IPv6 or unix.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
  /// The folder that the address of a unix socket leads through, if its path is too long for an address.
  std::shared_ptr<const FileDescriptor> folder;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  /// AF_INET, AF_INET6 or AF_UNIX.
  [[nodiscard]] int family() const { return storage.ss_family; }
};

/// The addresses of a host (a name of this machine or network, or a literal) with a TCP port. Blocks while
/// the system's resolver works. The reason names `address`, the SPEC.
Result<std::vector<SocketAddress>> resolve_tcp(const std::string& address, const std::string& host,
                                               std::uint16_t port);

/// The address of a unix socket. A path that is too long for one is reached through its open folder; a name
/// that is too long all the same, or a folder that is not there, is an error.
Result<SocketAddress> unix_address(const std::string& address, const std::string& path);

/// "127.0.0.1:80", "[::1]:80", or the path.
std::string to_text(const SocketAddress& address);

/// The address a socket is bound to.
SocketAddress local_address(int socket);

/// The SPEC of a TCP port.
std::string tcp_spec(const std::string& host, std::uint16_t port);

/// A non-blocking stream socket; errno tells why there is none.
FileDescriptor make_stream_socket(int family);

/// Binds a new socket and listens. A unix socket is made for this user only, whatever the umask is.
/// Returns 0 or an errno value; then nothing is left at the path.
int listen_on(const SocketAddress& where, int backlog, FileDescriptor& listener);

/// Removes a unix socket that has been left behind at `path`. Only who holds the lock of the path may call
/// this. What is no socket, or is served by somebody without a lock, is left alone and is an error.
Result<void> clear_unix_path(const std::string& address, const std::string& path, const SocketAddress& where);

/// No delay for small answers, and an end to connections whose other machine has died.
void set_tcp_options(int socket);

/// Collects why each of a host's addresses failed: the first is the reason, the others are its facts.
class AddressFailures {
 public:
  explicit AddressFailures(std::string spec) : spec_(std::move(spec)) {}
  /// `error`: an errno value. `advice` counts of the first address only.
  void add(const SocketAddress& where, int error, std::string advice);
  /// What was added; at least one address must have failed.
  [[nodiscard]] const Reason& reason() const { return *reason_; }

 private:
  std::string spec_;
  std::optional<Reason> reason_;
};

}  // namespace attache::base
