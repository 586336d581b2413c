#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "net/errno.hpp"

namespace attache::modem {
enum class ReleaseAssistance;
}  // namespace attache::modem

namespace attache::net {

namespace asio = boost::asio;
using Address = asio::ip::address;

enum class Family { ipv4, ipv6 };

/// The PDN context of what asks for no other one.
inline constexpr int default_context = 0;

/// What a failed operation gives: the number for the host and the full reason for everybody else.
struct Failure {
  Errno code = Errno::io;
  base::Reason reason;
};

template <class T>
using NetResult = boost::system::result<T, Failure>;

[[noreturn]] inline void throw_exception_from_error(const Failure& failure, const boost::source_location&) {
  throw std::logic_error(base::summary(failure.reason));
}

/// An address with a port, both as the device knows them (behind a route: the synthetic address).
struct Endpoint {
  Address address;
  std::uint16_t port = 0;

  bool operator==(const Endpoint&) const = default;
};

/// How to secure a connection (reference nrf91-modem/tls.md).
struct TlsOptions {
  enum class PeerVerify { none, optional, required };
  /// The most plain text in a record (RFC 6066, 4); `any` asks the server for nothing.
  enum class FragmentLength { any, bytes_512, bytes_1024 };

  std::uint32_t sec_tag = 0;
  std::string
      host_name;  ///< For SNI and the certificate check; empty = neither. Literals are not sent as SNI.
  PeerVerify peer_verify = PeerVerify::required;
  /// TLS of the application instead of the modem's: `sec_tag` is the application's own
  /// (net/application_credentials.hpp).
  bool in_application = false;
  /// The session is kept, and shortens the next handshake with the same server under the same tag.
  bool keeps_session = false;
  FragmentLength fragment_length = FragmentLength::any;  ///< Of DTLS.
  /// How long a DTLS handshake may take; zero = as long as connecting may.
  base::Duration handshake_timeout{};
};

/// A connected byte stream over a PDN, plain or TLS. It dies with ENETDOWN when its PDN goes.
/// At most one read and one write at a time. Destroying or closing it ends suspended operations.
class Stream {
 public:
  virtual ~Stream() = default;

  /// Suspends until bytes have come; returns how many, 0 once the peer has closed in order.
  /// Fails with EAGAIN after the receive time-out.
  virtual asio::awaitable<NetResult<std::size_t>> read_some(std::span<char> buffer) = 0;

  /// Sends all bytes. Fails with EAGAIN if no progress is made for the send time-out.
  virtual asio::awaitable<NetResult<std::size_t>> write(std::string_view bytes) = 0;

  /// SO_RCVTIMEO and SO_SNDTIMEO; zero = wait for ever (the default).
  virtual void set_timeouts(base::Duration receive, base::Duration send) = 0;

  /// Tells the radio what comes next (SO_RAI): `no_more` at once, the others with the end of the next write.
  virtual void announce(modem::ReleaseAssistance assistance) { static_cast<void>(assistance); }

  /// Closes at once; suspended operations end with ECONNABORTED. May be called twice.
  virtual void close() = 0;

  /// Both ends as the device knows them. They stay the same after the stream has closed or failed.
  [[nodiscard]] virtual Endpoint local() const = 0;
  [[nodiscard]] virtual Endpoint remote() const = 0;
};

/// Accepts connections on a device port.
class Listener {
 public:
  virtual ~Listener() = default;
  /// Suspends until a client has connected and, if the listener is secured, made the TLS handshake; fails
  /// with ECONNABORTED if that fails or takes longer than the time for connecting. The listener goes on, and
  /// other clients shake hands meanwhile.
  virtual asio::awaitable<NetResult<std::unique_ptr<Stream>>> accept() = 0;
  /// Closes at once; a suspended accept() ends with ECONNABORTED. May be called twice.
  virtual void close() = 0;
  /// Where this machine's clients reach the device's port: the host side of `[[listen]]`.
  [[nodiscard]] virtual Endpoint host_endpoint() const = 0;
};

/// A datagram socket over a PDN: open to everybody (Bearer::open_datagram), or connected to one peer and then
/// plain or DTLS (Bearer::connect_datagram). At most one receive at a time. Destroying or closing it ends
/// suspended operations.
class DatagramSocket {
 public:
  struct Datagram {
    std::size_t size = 0;
    Endpoint from;
  };

  virtual ~DatagramSocket() = default;

  /// Sends one datagram, an empty one too. Fails with EMSGSIZE if it is larger than a datagram may be; with
  /// EISCONN on a DTLS socket if `to` is not its peer. Failures other than the end of the socket do not end
  /// it.
  virtual asio::awaitable<NetResult<std::size_t>> send_to(Endpoint to, std::string_view bytes) = 0;

  /// The same to the peer; fails with ENOTCONN if there is none.
  virtual asio::awaitable<NetResult<std::size_t>> send(std::string_view bytes) = 0;

  /// Suspends until a datagram has come; what of it does not fit into the buffer is lost. Fails with EAGAIN
  /// after the receive time-out. A connected socket gets its peer's datagrams only, and ECONNREFUSED once
  /// when the peer's machine says that nobody listens there (ICMP port unreachable).
  virtual asio::awaitable<NetResult<Datagram>> receive(std::span<char> buffer) = 0;

  /// SO_RCVTIMEO and SO_SNDTIMEO; zero = wait for ever (the default).
  virtual void set_timeouts(base::Duration receive, base::Duration send) = 0;
  /// Tells the radio what comes next (SO_RAI): `no_more` at once, the others with the next datagram.
  virtual void announce(modem::ReleaseAssistance assistance) { static_cast<void>(assistance); }
  /// Closes at once; suspended operations end with ECONNABORTED. May be called twice.
  virtual void close() = 0;
  /// The device's own address and port; the port has been chosen if 0 was asked for.
  [[nodiscard]] virtual Endpoint local() const = 0;
  /// The peer of a connected socket.
  [[nodiscard]] virtual std::optional<Endpoint> peer() const = 0;
};

/// An ICMP echo request ("ping").
struct EchoRequest {
  std::string payload;
  std::uint16_t sequence = 0;
  base::Duration timeout{};  ///< How long to wait for the reply; zero = it would have to be there at once.
};

/// The device's way to the Internet over one PDN context, the default one unless on_context() gave it:
/// everything a service sends or asks goes through it, so that the state of the PDN, routes and the link
/// model hold for all. One thread only; outlives the streams it makes.
class Bearer {
 public:
  virtual ~Bearer() = default;

  /// All addresses of the name in one family, at least one; an address literal of the family resolves to
  /// itself. Routed names give synthetic addresses without asking DNS.
  /// Fails with ENOENT (no such name, or none in this family), EAGAIN (no answer in time), ENETUNREACH (no
  /// name server is configured) or ENETDOWN.
  virtual asio::awaitable<NetResult<std::vector<Address>>> resolve(std::string host, Family family) = 0;

  /// Connects, and makes the TLS handshake if `tls` is given.
  /// Fails with ECONNREFUSED, EHOSTUNREACH, ENETUNREACH (no address in this family), ENETDOWN, or ETIMEDOUT
  /// after the time for connecting. A handshake that the one or other side ends is ECONNREFUSED, with old
  /// modem libraries EOPNOTSUPP.
  virtual asio::awaitable<NetResult<std::unique_ptr<Stream>>> connect(Endpoint to,
                                                                      std::optional<TlsOptions> tls) = 0;

  /// Listens on a port of the device (0 = any). With `tls` every connection is secured in the server role
  /// before accept() gives it: with the certificate and key of the sec_tag, clients not verified.
  /// At once. Fails with EADDRINUSE, ENETDOWN, or as a handshake does if the credentials cannot be used.
  virtual NetResult<std::unique_ptr<Listener>> listen(std::uint16_t device_port,
                                                      std::optional<TlsOptions> tls) = 0;

  /// A socket for datagrams of one family from and to everybody, on a port of the device (0 = any).
  /// At once. Fails with EADDRINUSE, ENETUNREACH (no address in this family) or ENETDOWN.
  virtual NetResult<std::unique_ptr<DatagramSocket>> open_datagram(Family family,
                                                                   std::uint16_t device_port) = 0;

  /// The same for clients of DTLS: each makes its handshake while somebody receives, with the certificate and
  /// key of the sec_tag; clients are not verified. receive() gives what they send decrypted; send_to() fails
  /// with ENOTCONN to whom has made no handshake.
  virtual NetResult<std::unique_ptr<DatagramSocket>> open_secured_datagram(Family family,
                                                                           std::uint16_t device_port,
                                                                           const TlsOptions& tls) {
    static_cast<void>(tls);
    return open_datagram(family, device_port);
  }

  /// A socket connected to one peer, on a port of the device (0 = any); makes the DTLS handshake if `tls` is
  /// given. Without it nothing is sent, so nothing is known of the peer yet.
  /// Fails as open_datagram(), a handshake as that of connect(), with ETIMEDOUT after its own time-out.
  virtual asio::awaitable<NetResult<std::unique_ptr<DatagramSocket>>> connect_datagram(
      Endpoint to, std::optional<TlsOptions> tls, std::uint16_t device_port) = 0;

  /// Sends an ICMP echo request and waits for its reply: the round trip, link model included. Fails with
  /// ETIMEDOUT if none came in time, EACCES if this machine lets the program send no ICMP, EIO if the reply
  /// is not what was sent.
  virtual asio::awaitable<NetResult<base::Duration>> echo(Address to, EchoRequest request) = 0;

  /// Forgets all sessions that were kept (TlsOptions::keeps_session), of every context.
  virtual void purge_tls_sessions() {}

  /// ENETDOWN with the reason if its PDN is down, else nothing.
  [[nodiscard]] virtual std::optional<Failure> check_up() const = 0;

  /// The way over another PDN context (0 = the default one): with the addresses and families of that one, and
  /// ended by its end alone; link, routes and names are the same. It lives as long as this bearer. One that
  /// knows no contexts is the way of all.
  [[nodiscard]] virtual Bearer& on_context(int cid) {
    static_cast<void>(cid);
    return *this;
  }
};

}  // namespace attache::net
