#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "net/bearer.hpp"
#include "services/descriptor_table.hpp"
#include "services/look_ahead.hpp"

namespace attache::services {

namespace asio = boost::asio;

/// A socket of the device as its application knows it, free of AT text: opened first, then bound, connected,
/// listened on, sent and received with. Stream or datagram, plain or secured (TLS, DTLS), or raw:
/// whole IP packets. It holds a descriptor until it is closed.
///
/// Suspended operations keep the socket alive; close() ends them with ECONNABORTED. Sends are made one after
/// the other; of receive, and of connect and accept, there is one at a time: a second one fails with EBUSY.
/// One thread only.
class Socket : public std::enable_shared_from_this<Socket> {
 public:
  enum class Type { stream, datagram, raw };
  using Size = net::NetResult<std::size_t>;

  /// What came as one datagram, or as one piece of a stream.
  using Received = LookAhead::Received;
  using Take = LookAhead::Take;

  /// What is so without an operation being made. Nothing is before a stream is connected or listens.
  struct Readiness {
    bool readable = false;  ///< receive() or accept() would not wait: for the end and a failure neither.
    bool writable = false;  ///< No send waits for the peer.
    bool failed = false;    ///< The next receive() or accept() fails.
    bool hung_up = false;   ///< The peer has closed, or the connection broke. Bytes may be there before that.

    bool operator==(const Readiness&) const = default;
  };

  /// After these failures of sending and receiving a socket goes on: time-outs, and of datagrams that nobody
  /// listened to an earlier one.
  [[nodiscard]] static bool is_passing(Type type, net::Errno code);

  /// Fails with EMFILE. `tls` secures the socket: as client when it connects, as server when it listens.
  /// Nothing is sent and no network is needed yet. `bearer` and `table` must outlive the socket.
  static net::NetResult<std::shared_ptr<Socket>> open(DescriptorTable& table, net::Bearer& bearer, Type type,
                                                      std::optional<net::TlsOptions> tls = std::nullopt,
                                                      net::Family family = net::Family::ipv4);
  /// Connects a raw socket to the network.
  using RawOpener = std::function<net::NetResult<std::unique_ptr<net::DatagramSocket>>()>;
  /// Opens a raw one: it has no peer and no port. `opener` is called at once, and again when it is used first
  /// if the network is down now; fails as that does for other reasons.
  static net::NetResult<std::shared_ptr<Socket>> open_raw(DescriptorTable& table, net::Bearer& bearer,
                                                          RawOpener opener);
  ~Socket();

  [[nodiscard]] int descriptor() const { return descriptor_.number(); }
  [[nodiscard]] Type type() const { return type_; }
  [[nodiscard]] net::Family family() const { return family_; }
  [[nodiscard]] bool secured() const { return tls_.has_value(); }
  /// How it is secured; changes count from the next connection on. nullptr if it is not.
  [[nodiscard]] net::TlsOptions* tls() { return tls_ ? &*tls_ : nullptr; }
  /// The cipher suite of the connection (IANA's number); nothing before, and where it is not known.
  [[nodiscard]] std::optional<std::uint16_t> cipher_suite() const;
  /// What it was opened with for the peer's certificate; empty if none was given.
  [[nodiscard]] std::string host_name() const { return tls_ ? tls_->host_name : std::string(); }
  /// It has been given a port by bind().
  [[nodiscard]] bool bound() const { return bound_; }
  /// Whom it is connected to; nothing before.
  [[nodiscard]] std::optional<net::Endpoint> peer() const { return peer_; }

  /// It goes over this way from its next bind(), connect() or listen() on.
  void use(net::Bearer& bearer) { bearer_ = &bearer; }

  /// Gives it a port of the device. EADDRINUSE if the device or this machine uses it, EINVAL if it has
  /// one. Of a stream it is where it will listen. A secured datagram socket that `serves` takes clients of
  /// DTLS there (Bearer::open_secured_datagram); one that does not is opened when it connects.
  net::NetResult<void> bind(std::uint16_t port, bool serves = false);

  /// Connects, secured if it was opened so; `host_name` is for the server's certificate and SNI, empty =
  /// neither. EISCONN on a stream that is connected; a datagram socket gets another peer. EAFNOSUPPORT if the
  /// address is of the other family.
  asio::awaitable<net::NetResult<void>> connect(net::Endpoint to, std::string host_name = {});

  /// Takes clients of this machine from now on. Unbound it gets a free port.
  /// EINVAL if it is connected or no stream, else as Bearer::listen(). A second call does nothing.
  net::NetResult<void> listen();
  /// Where this machine's clients reach it; only while it listens.
  [[nodiscard]] std::optional<net::Endpoint> host_endpoint() const;
  /// The next client as a socket of its own, with a descriptor of its own; EMFILE (and the client is dropped)
  /// if there is none, EINVAL unless it listens.
  asio::awaitable<net::NetResult<std::shared_ptr<Socket>>> accept();

  /// Sends all bytes of a stream, or one datagram to the peer. The bytes must live until then. ENOTCONN if
  /// it is not connected.
  asio::awaitable<Size> send(std::string_view bytes);
  /// Sends one datagram. A DTLS socket without a peer makes its handshake with that one first.
  asio::awaitable<Size> send_to(net::Endpoint to, std::string_view bytes);

  /// The next piece of a stream (0 = the peer has closed in order) or the next datagram, cut to the buffer.
  /// EAGAIN after the receive time-out. An empty buffer takes nothing of a stream, at once.
  asio::awaitable<net::NetResult<Received>> receive(std::span<char> buffer, Take take = Take::it);

  /// From now on the socket reads ahead, one buffer, so that readiness() knows what has come: `changed` is
  /// called whenever it may be another one, from within what changed it, until the socket is closed. Only
  /// then may one receive() with Take::peek.
  void watch(base::Clock& clock, std::function<void()> changed);
  /// watch() has been called.
  [[nodiscard]] bool watched() const { return watch_.has_value(); }
  /// Of a socket that is not watched, `writable` alone.
  [[nodiscard]] Readiness readiness() const;
  /// What the next receive() or accept() fails with, if readiness() says so; else nullptr.
  [[nodiscard]] const net::Failure* failure() const;

  /// Zero = wait for ever (the default).
  void set_receive_timeout(base::Duration timeout);
  [[nodiscard]] base::Duration receive_timeout() const { return receive_timeout_; }
  /// How long a send may make no progress before it fails with EAGAIN; zero = for ever (the default).
  void set_send_timeout(base::Duration timeout);
  [[nodiscard]] base::Duration send_timeout() const { return send_timeout_; }

  /// Tells the radio what comes next (SO_RAI): `no_more` at once, and EDESTADDRREQ unless it is connected;
  /// the others with the next send.
  net::NetResult<void> announce(modem::ReleaseAssistance assistance);
  /// Forgets the TLS sessions that are kept for whomever (TlsOptions::keeps_session).
  void purge_tls_sessions() { bearer_->purge_tls_sessions(); }

  /// Closes at once and gives the descriptor back. May be called twice.
  void close();

 private:
  Socket(DescriptorTable& table, DescriptorTable::Descriptor descriptor, net::Bearer& bearer, Type type,
         std::optional<net::TlsOptions> tls, net::Family family);

  asio::awaitable<void> wait_to_send();
  void end_send();
  asio::awaitable<Size> send_now(std::string_view bytes);
  asio::awaitable<Size> send_now_to(net::Endpoint to, std::string_view bytes);
  net::NetResult<void> open_datagrams();
  net::NetResult<void> take(net::NetResult<std::unique_ptr<net::DatagramSocket>> opened);
  asio::awaitable<net::NetResult<void>> connect_stream(net::Endpoint to, std::optional<net::TlsOptions> tls);
  asio::awaitable<net::NetResult<void>> connect_datagrams(net::Endpoint to,
                                                          std::optional<net::TlsOptions> tls);
  asio::awaitable<net::NetResult<Received>> receive_now(std::span<char> buffer, Take take);
  asio::awaitable<net::NetResult<Received>> read_directly(std::span<char> buffer);
  asio::awaitable<net::NetResult<Received>> read_ahead(std::span<char> buffer, Take take);
  asio::awaitable<net::NetResult<std::unique_ptr<net::Stream>>> next_client();
  void begin_look_ahead();
  void end_look_ahead();
  void changed();
  void apply_timeouts();
  void tell_radio();
  [[nodiscard]] std::optional<net::Failure> objection_to(const net::Endpoint& to,
                                                         std::string_view operation) const;
  [[nodiscard]] net::Failure closed_here(std::string_view operation) const;

  DescriptorTable& table_;
  DescriptorTable::Descriptor descriptor_;
  net::Bearer* bearer_;
  Type type_;
  std::optional<net::TlsOptions> tls_;
  net::Family family_;
  RawOpener raw_opener_;  // Of a raw one.
  std::uint16_t port_ = 0;
  bool bound_ = false;
  bool closed_ = false;
  std::optional<net::Endpoint> peer_;
  base::Duration receive_timeout_{};
  base::Duration send_timeout_{};
  std::optional<modem::ReleaseAssistance> announced_;

  // At most one of them.
  std::unique_ptr<net::Stream> stream_;
  std::unique_ptr<net::Listener> listener_;
  std::unique_ptr<net::DatagramSocket> datagrams_;

  bool connecting_ = false;
  bool receiving_ = false;
  bool sending_ = false;
  base::Event sent_;

  struct Watch {
    base::Clock& clock;
    std::function<void()> changed;
  };
  std::optional<Watch> watch_;
  std::shared_ptr<LookAhead> look_ahead_;  // Of a watched socket, once something can come.
  bool reading_directly_ = false;          // A read or accept() begun before that runs.
};

}  // namespace attache::services
