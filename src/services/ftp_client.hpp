#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/journal.hpp"
#include "base/life.hpp"
#include "net/bearer.hpp"
#include "services/descriptor_table.hpp"
#include "services/ftp_control.hpp"
#include "services/ftp_transfer.hpp"

namespace attache::services {

struct FtpLock;

/// Where the bytes of a download go.
class FtpSink {
 public:
  virtual ~FtpSink() = default;
  /// Takes a piece; the download goes on when it returns. `piece` is valid until then.
  virtual asio::awaitable<void> take(std::string_view piece) = 0;
};

/// Where the bytes of an upload come from.
class FtpSource {
 public:
  virtual ~FtpSource() = default;
  /// The next piece, valid until the next call; empty = that was all.
  virtual asio::awaitable<std::string_view> next() = 0;
};

/// What learns of a session while its operations run.
class FtpObserver {
 public:
  virtual ~FtpObserver() = default;
  /// A reply of the server as received, with its line ends. Replies to NOOP, PBSZ and PROT are not told.
  virtual void replied(std::string_view reply) = 0;
  /// The control connection is lost: ECONNRESET closed by the server, ECONNABORTED given up because of what
  /// it sends, ENETDOWN the network is gone, else what the network said. The session has ended; the
  /// operation under way fails after this.
  virtual void lost(const net::Failure& failure) = 0;
};

/// An FTP session that lasts over many commands, free of AT text (RFC 959, RFC 2428; result rules as in
/// reference slm-1.6/ftp.md). One login at a time; operations wait for one that is under way, such as a
/// keep-alive. One thread only; the object, observer, sinks and sources must outlive suspended operations.
///
/// Memory is bounded by FtpReplyReader::longest_reply and one piece of data, time by `reply_time` for each
/// reply and for each standstill of the data.
class FtpClient {
 public:
  struct Options {
    std::vector<net::Family> families{net::Family::ipv4};      ///< Tried in turn.
    base::Duration reply_time = std::chrono::seconds(10);      ///< For one reply.
    base::Duration first_keepalive = std::chrono::seconds(1);  ///< From login to the first NOOP.
    base::Duration keepalive = std::chrono::seconds(60);       ///< Between NOOPs; zero = none.
    bool utf8 = true;                                          ///< Asks for OPTS UTF8 ON.
    bool protect_data = true;  ///< With TLS: sends PBSZ 0 and PROT P (RFC 4217), which servers insist on.
    bool active = false;  ///< The server connects for data (PORT, EPRT) instead of PASV and EPSV. Not TLS.
    std::uint16_t active_port = 0;      ///< The device's port for that; 0 = any.
    base::Duration longest_transfer{};  ///< A transfer that takes longer is given up; zero = no limit.
  };

  struct Target {
    std::string host;
    std::uint16_t port = 21;
    std::optional<std::uint32_t> sec_tag;  ///< TLS from the first byte (implicit), data connections as well.
  };

  struct Login {
    std::string user;
    std::string password;
  };

  /// A command and the code its reply must hold; nothing = any reply will do.
  struct Exchange {
    std::string command;
    std::optional<unsigned> expected;
  };

  using Outcome = net::NetResult<void>;

  /// The sockets of the session take their numbers from `descriptors`.
  FtpClient(net::Bearer& bearer, DescriptorTable& descriptors, base::Clock& clock, base::Journal& journal,
            FtpObserver& observer, Options options);
  ~FtpClient();
  FtpClient(const FtpClient&) = delete;
  FtpClient& operator=(const FtpClient&) = delete;

  /// Connects and logs in: greeting 220, USER, PASS, 230. Nothing is left open if it fails.
  asio::awaitable<Outcome> open(Target target, Login login);
  /// True from open() on until the session is closed or lost, also while it is being opened.
  [[nodiscard]] bool is_open() const { return opening_ || control_ != nullptr; }
  /// Sends NOOPs until the session that is open now ends. To be spawned after open().
  asio::awaitable<void> keep_alive();
  /// QUIT; succeeds if the server says 221. The session has ended either way.
  asio::awaitable<Outcome> quit();
  /// Ends the session, or gives up the one being opened, without a word to anybody; a suspended operation
  /// fails with ECONNABORTED.
  void disconnect();

  /// Sends commands in turn; the first whose reply is not as expected ends it with EPERM and the server's
  /// words as reason. The session stays.
  asio::awaitable<Outcome> run(std::vector<Exchange> exchanges);

  /// A transfer from the server: RETR, LIST, NLST. From byte `offset` on if that is not 0 (REST).
  /// Succeeds when a reply holds 226; replies without it are passed over, so that one that is refused fails
  /// only after `reply_time` without another reply. `last_reply`, if given, becomes the one with 226.
  asio::awaitable<Outcome> download(std::string command, FtpSink& sink, std::uint64_t offset = 0,
                                    std::string* last_reply = nullptr);
  /// A transfer to the server: STOR, STOU, APPE.
  asio::awaitable<Outcome> upload(std::string command, FtpSource& source, std::uint64_t offset = 0);
  /// The same with all of the bytes at hand.
  asio::awaitable<Outcome> upload(std::string command, std::string bytes);

 private:
  using Control = std::shared_ptr<FtpControl>;
  using Transfer = std::shared_ptr<FtpTransfer>;

  asio::awaitable<net::NetResult<std::unique_ptr<net::Stream>>> connect(const Target& target);
  asio::awaitable<Outcome> log_in(Control control, Login login);
  asio::awaitable<Outcome> ask_quietly(Control control, std::string command);

  asio::awaitable<Outcome> send(Control control, std::string command);
  asio::awaitable<net::NetResult<FtpReply>> read(Control control);
  asio::awaitable<net::NetResult<FtpReply>> ask(Control control, std::string command);
  asio::awaitable<Outcome> expect(Control control, std::string command, std::optional<unsigned> expected);
  asio::awaitable<Outcome> pass_over_late_replies(Control control);

  /// A transfer whose command has been sent.
  struct Begun {
    Transfer transfer;
    FtpReply reply;  ///< The first one.
  };
  asio::awaitable<net::NetResult<Begun>> begin(Control control, std::uint64_t offset, std::string command);
  asio::awaitable<net::NetResult<Transfer>> open_transfer(Control control, std::uint64_t offset);
  asio::awaitable<Outcome> open_passive(Control control, Transfer transfer);
  asio::awaitable<Outcome> open_active(Control control, Transfer transfer);
  asio::awaitable<Outcome> receive_data(Transfer transfer, FtpSink& sink);
  asio::awaitable<Outcome> send_data(Transfer transfer, FtpSource& source);
  asio::awaitable<Outcome> finish_transfer(Control control, FtpReply reply, Outcome data,
                                           std::string* last_reply);

  void end(const Transfer& transfer);
  net::Failure lose(const Control& control, net::Failure failure);
  [[nodiscard]] std::optional<net::TlsOptions> tls() const;
  [[nodiscard]] net::Failure no_session() const;

  net::Bearer& bearer_;
  DescriptorTable& descriptors_;
  base::Clock& clock_;
  base::Journal& journal_;
  FtpObserver& observer_;
  Options options_;

  Target target_;
  DescriptorTable::Descriptor descriptor_;  // Of the control connection, also while it is being made.
  Control control_;                         // Null = no session.
  Transfer transfer_;                       // While one runs.
  std::shared_ptr<FtpLock> lock_;           // Held by the operation under way.
  base::Life attempt_;                      // Of an open(), until the next one or disconnect().
  bool opening_ = false;
  bool reply_overdue_ = false;  // A command has had no reply in time: one may come yet.
  base::Event ended_;           // A session has ended.
};

}  // namespace attache::services
