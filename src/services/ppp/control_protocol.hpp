#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "services/ppp/automaton.hpp"

namespace attache::services::ppp {

/// The codes of RFC 1661, 5.
enum class Code : std::uint8_t {
  configure_request = 1,
  configure_ack = 2,
  configure_nak = 3,
  configure_reject = 4,
  terminate_request = 5,
  terminate_ack = 6,
  code_reject = 7,
  protocol_reject = 8,
  echo_request = 9,
  echo_reply = 10,
  discard_request = 11,
};

/// A packet of LCP or of an NCP: code, identifier, length, data.
struct ControlPacket {
  std::uint8_t code = 0;
  std::uint8_t identifier = 0;
  std::string data;
};
/// Nothing if the length does not fit. What lies behind the length is padding.
[[nodiscard]] std::optional<ControlPacket> parse_control_packet(std::string_view information);
/// The packet with its length, most significant byte first (RFC 1661, 5).
[[nodiscard]] std::string to_bytes(const ControlPacket& packet);

/// One option of a configuration: type, length, value.
struct Option {
  std::uint8_t type = 0;
  std::string value;

  bool operator==(const Option&) const = default;
};
/// Nothing if a length does not fit.
[[nodiscard]] std::optional<std::vector<Option>> parse_options(std::string_view data);
/// The options one behind the other (RFC 1661, 6); a value has 253 bytes at most.
[[nodiscard]] std::string to_bytes(const std::vector<Option>& options);

/// Numbers in values, most significant byte first.
[[nodiscard]] std::string number_bytes(std::uint64_t number, std::size_t size);
/// Of 8 bytes at most; 0 of none.
[[nodiscard]] std::uint64_t number_of(std::string_view bytes);

/// LCP or an NCP: the automaton with its packets, options and restart timer. Sans-I/O: packets and time come
/// in, packets go out by a function.
class ControlProtocol : private Automaton::Actions {
 public:
  /// What happens to the layer; nothing may be destroyed in a call.
  class Owner {
   public:
    virtual ~Owner() = default;
    /// A packet of the layer, for the line at once.
    virtual void send(std::uint16_t protocol, const std::string& information) = 0;
    /// It has reached Opened (tlu of RFC 1661, 4.4).
    virtual void layer_up(ControlProtocol& layer) = 0;
    /// It has left Opened (tld); its state is the next one already.
    virtual void layer_down(ControlProtocol& layer) = 0;
    /// It needs the layer below no more (tlf): it has ended or given up.
    virtual void layer_finished(ControlProtocol& layer) = 0;
    /// For its restart timer: the time that came with the packet or the call.
    [[nodiscard]] virtual base::Time now() const = 0;
  };

  /// `owner` must outlive it. `protocol`: its number in frames (RFC 1661, 2).
  ControlProtocol(std::uint16_t protocol, Owner& owner)
      : protocol_(protocol), owner_(owner), automaton_(*this) {}
  ControlProtocol(const ControlProtocol&) = delete;
  ControlProtocol& operator=(const ControlProtocol&) = delete;
  ~ControlProtocol() override = default;

  // The events of RFC 1661, 4.3, that come from outside.
  void up();
  void down() { handle(Event::down); }
  /// Also forgets what was_terminated() and was_heard() know.
  void open();
  void close() { handle(Event::close); }
  /// The peer does not know this protocol.
  void rejected() { handle(Event::fatal_reject); }
  /// A packet of this protocol; what is none is passed over.
  void receive(std::string_view information);

  /// When timeout() is to be called; nothing while the timer does not run.
  [[nodiscard]] std::optional<base::Time> deadline() const { return deadline_; }
  /// The restart timer has run out: sends again, or gives up after max_configure or max_terminate.
  void timeout();

  [[nodiscard]] std::uint16_t protocol() const { return protocol_; }
  [[nodiscard]] State state() const { return automaton_.state(); }
  [[nodiscard]] bool is_open() const { return state() == State::opened; }
  /// The peer has asked for the end (its last Terminate-Request since open()).
  [[nodiscard]] bool was_terminated() const { return terminated_; }
  /// True once the peer has said anything in this protocol since open().
  [[nodiscard]] bool was_heard() const { return heard_; }

  static constexpr base::Duration restart_time = std::chrono::seconds(1);
  static constexpr int max_configure = 6;  ///< The first and five more.
  static constexpr int max_terminate = 6;
  static constexpr int max_failure = 5;

 protected:
  /// What the peer asks for, by option.
  struct Verdict {
    enum class Kind { accept, nak, reject };
    Kind kind = Kind::accept;
    std::string value{};  ///< With Kind::nak what would be accepted.
  };

  /// The options of our Configure-Request.
  [[nodiscard]] virtual std::vector<Option> own_options() = 0;
  /// A negotiation begins: what was agreed upon before is forgotten.
  virtual void begin() = 0;
  /// Called for each option of a Configure-Request, in its order; must change nothing: accept() does.
  [[nodiscard]] virtual Verdict judge(const Option& option) = 0;
  /// Options that the peer has left out and has to ask for.
  [[nodiscard]] virtual std::vector<Option> missing(const std::vector<Option>& given);
  /// The peer's request, of which we accept all: it holds.
  virtual void accept(const std::vector<Option>& options) = 0;
  /// The peer wants another value for one of ours; or does not know it.
  virtual void nak(const Option& option) = 0;
  /// It must not be asked for again: own_options() leaves it out from now on.
  virtual void reject(const Option& option) = 0;
  /// Codes beyond Code-Reject: true if it is one of this protocol.
  [[nodiscard]] virtual bool handle_code(const ControlPacket& packet);

  /// An Echo-Request has come while the layer is open.
  virtual void reply_to_echo(const ControlPacket& request) { static_cast<void>(request); }

  /// Passes an event to the automaton, and starts or stops the restart timer as its state asks.
  void handle(Event event);
  /// A packet of this protocol goes out at once, by Owner::send().
  void send(Code code, std::uint8_t identifier, const std::string& data);
  [[nodiscard]] std::uint8_t next_identifier() { return ++identifier_; }
  [[nodiscard]] Owner& owner() { return owner_; }

 private:
  void act(Action action) override;
  void receive_request(const ControlPacket& packet);
  void receive_answer(const ControlPacket& packet);
  void receive_code_reject(const ControlPacket& packet);

  std::uint16_t protocol_;
  Owner& owner_;
  Automaton automaton_;
  std::uint8_t identifier_ = 0;
  std::uint8_t requested_ = 0;  // The identifier of our last Configure-Request …
  std::string request_;         // … and its options.
  ControlPacket answer_;        // To the peer's last request: ack, nak or reject.
  ControlPacket received_;      // What a terminate-ack or a code-reject answers.
  int failures_ = 0;
  int restart_count_ = 0;
  std::optional<base::Time> deadline_;
  bool terminated_ = false;
  bool heard_ = false;
};

}  // namespace attache::services::ppp
