#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/spawn.hpp"
#include "net/bearer.hpp"
#include "services/descriptor_table.hpp"
#include "services/socket.hpp"
#include "services/start_fault.hpp"

namespace attache::services {

namespace asio = boost::asio;

/// The sockets that the host of an application opens itself, by handle, free of AT text (reference
/// slm-1.6/socket.md, where there is one at a time, slm-3.1/socket.md and serial-modem-2.0/socket.md). Data
/// are received on request (Socket::receive) or passed on as they come (deliver()); what has come can be told
/// without taking it (arm()). One thread only.
class SocketTable {
 public:
  /// The descriptor of a socket (DescriptorTable): what the host calls it.
  using Handle = int;
  /// Who opened or used a socket last: an id of the dialect's, such as that of an AT channel.
  enum class Owner : std::uint32_t { none = 0 };

  struct Options {
    /// Sockets that may be open at once; those that were accepted count unless they go with their listener.
    std::size_t most = DescriptorTable::most;
    /// A listening socket has one client at a time, which goes when the next one is accepted and when the
    /// listener closes (1.x, 3.1). Else an accepted socket is one like any other (2.0).
    bool one_client = false;
  };

  /// What a socket is opened as.
  struct Kind {
    Socket::Type type = Socket::Type::stream;
    net::Family family = net::Family::ipv4;
    std::optional<net::TlsOptions> tls{};
    std::uint16_t role = 0;   ///< As the host calls it; nothing here depends on it.
    std::uint8_t cid = 0;     ///< The PDN context, 0 … 10, that carries it.
    Socket::RawOpener raw{};  ///< Of a raw one: connects it to the network.
  };

  enum class State { open, bound, listening, connected };

  /// What is waited for.
  struct Interest {
    bool readable = false;
    bool writable = false;
  };

  /// One socket of the table. `socket` is never null; what runs on it when it is closed ends with
  /// ECONNABORTED.
  struct Entry {
    Handle handle = -1;
    std::shared_ptr<Socket> socket;
    std::uint16_t role = 0;
    std::uint8_t cid = 0;
    Owner owner = Owner::none;
    std::optional<Handle> listener;       ///< The one that accepted it.
    std::map<int, std::int64_t> options;  ///< What the host has set and nothing here depends on, by name.

    /// `listening` and `connected` go before `bound`.
    [[nodiscard]] State state() const;

   private:
    friend class SocketTable;
    Interest armed;
    bool arms = false;      // arm() has been called and no failure or end was told.
    bool delivers = false;  // deliver() is on …
    bool runs = false;      // … and its coroutine runs.
    base::Alarm evaluation;
  };

  /// Who is told what happens of itself, never from within a call of the table. It may close sockets.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// Something that was armed has come, or the socket failed or was hung up: what is so now.
    virtual void ready(const Entry& entry, const Socket::Readiness& readiness) = 0;
    /// Whether what has come for a socket that delivers is to be taken now. If not, deliver() has to be
    /// called again when it is.
    [[nodiscard]] virtual bool wants(const Entry& entry) {
      static_cast<void>(entry);
      return true;
    }
    /// Bytes of a stream, or a datagram, of a socket that delivers.
    virtual void received(const Entry& entry, std::string_view bytes, const net::Endpoint& from) = 0;
    /// A socket that delivers will give no more: the peer has closed in order, or the failure. Of datagrams
    /// the end of the network alone is one.
    virtual void ended(const Entry& entry, const std::optional<net::Failure>& failure) = 0;
    /// Returns when more may be received for the owner of a socket.
    virtual asio::awaitable<void> drained(Owner owner) = 0;
    /// Something that ends nothing.
    virtual void remark(const base::Reason& reason) = 0;
  };

  /// All references must outlive the table, and it the coroutines that it starts by `spawn`. Without a
  /// listener nothing can be armed or delivered.
  SocketTable(DescriptorTable& descriptors, net::Bearer& bearer, base::Clock& clock, base::Spawner spawn,
              const Options& options, Listener* listener = nullptr);
  ~SocketTable();
  SocketTable(const SocketTable&) = delete;
  SocketTable& operator=(const SocketTable&) = delete;

  /// Fails with EMFILE, and with ENETDOWN if it is bound to a context (other than 0) that is not active.
  net::NetResult<Handle> open(const Kind& kind, Owner owner);
  /// Null for a handle that is none. The entry lives until it is closed.
  [[nodiscard]] Entry* find(Handle handle);
  /// The same by the socket; null when it has been closed, whoever has its handle now.
  [[nodiscard]] Entry* find(const std::shared_ptr<Socket>& socket);
  /// All, in the order in which they were opened.
  [[nodiscard]] std::vector<Entry*> entries();
  [[nodiscard]] bool empty() const { return entries_.empty(); }

  // Each works on the socket that has the handle when it is called, and fails with EBADF if there is none. It
  // may be closed while they run: ECONNABORTED.

  using Connected = boost::system::result<void, StartFault>;
  using Sent = boost::system::result<std::size_t, StartFault>;

  /// Finds the host in the socket's family and connects; of a secured socket, `checks_name`: the certificate
  /// must be the host's, else what it was opened with counts.
  asio::awaitable<Connected> connect(Handle handle, std::string host, std::uint16_t port, bool checks_name);
  /// See Socket::listen(): EINVAL for what is connected or no stream.
  net::NetResult<void> listen(Handle handle);
  /// Binds it to another context from its next connection on; EBADF, and ENETDOWN as open().
  net::NetResult<void> bind_to_context(Handle handle, std::uint8_t cid);
  /// Waits for a client, which becomes a socket of `owner` with the listener's cid and role 0; see
  /// Options::one_client. One that finds no room is dropped: EMFILE.
  asio::awaitable<net::NetResult<Handle>> accept(Handle handle, Owner owner);
  /// Finds the host in the socket's family and sends one datagram.
  asio::awaitable<Sent> send_to(Handle handle, std::string host, std::uint16_t port, std::string data);
  /// False for a handle that is none. Nobody is told.
  bool close(Handle handle);
  /// Nobody is told, and nothing is armed any more.
  void close_all();

  /// Tells the listener once about each of what is wanted as soon as it is so, at once if it is so now, and
  /// of a failure or the peer's end whatever is wanted. What was told is not armed any more, and after a
  /// failure or an end nothing is. Adds to what is armed.
  void arm(Handle handle, Interest interest);
  /// Nothing is armed any more.
  void disarm(Handle handle);
  /// Passes on what comes, from what has come already, or no longer. A listening socket delivers nothing.
  void deliver(Handle handle, bool on);

 private:
  using Entries = std::vector<std::unique_ptr<Entry>>;

  [[nodiscard]] std::size_t counted() const;
  Entry& add(std::shared_ptr<Socket> socket, Owner owner);
  static asio::awaitable<Connected> run_connect(std::shared_ptr<Socket> socket, net::Bearer& bearer,
                                                std::string host, std::uint16_t port, bool checks_name);
  asio::awaitable<net::NetResult<Handle>> run_accept(std::shared_ptr<Socket> listening, std::uint8_t cid,
                                                     Owner owner);
  static asio::awaitable<Sent> run_send_to(std::shared_ptr<Socket> socket, net::Bearer& bearer,
                                           std::string host, std::uint16_t port, std::string data);
  [[nodiscard]] std::optional<net::Failure> check_context(std::uint8_t cid) const;
  [[nodiscard]] net::Failure all_open() const;
  void close_accepted_by(Handle listener);
  static bool closed_if(bool goes, Entry& entry);
  void watch(Entry& entry);
  void schedule(Entry& entry);
  void evaluate(Entry& entry);
  void tell(Entry& entry, const Socket::Readiness& now);
  asio::awaitable<void> pass_on(std::shared_ptr<Socket> socket);
  bool take(const std::shared_ptr<Socket>& socket, const net::NetResult<Socket::Received>& received,
            std::string_view bytes);

  DescriptorTable& descriptors_;
  net::Bearer& bearer_;
  base::Clock& clock_;
  base::Spawner spawn_;
  Options options_;
  Listener* listener_;
  Entries entries_;
};

}  // namespace attache::services
