#pragma once

#include <cstdint>

#include "base/random.hpp"
#include "services/ppp/control_protocol.hpp"
#include "services/ppp/hdlc.hpp"

namespace attache::services::ppp {

inline constexpr std::uint16_t lcp_number = 0xC021;
inline constexpr std::uint16_t pap_number = 0xC023;
inline constexpr std::uint16_t chap_number = 0xC223;
inline constexpr std::uint16_t ipcp_number = 0x8021;
inline constexpr std::uint16_t ipv6cp_number = 0x8057;
inline constexpr std::uint16_t ipv4_number = 0x0021;
inline constexpr std::uint16_t ipv6_number = 0x0057;

/// How the host has to say who it is. Every name and secret will do: the network knows the device by its SIM.
enum class Authentication { none, pap, chap };

/// The Link Control Protocol of RFC 1661: MRU, ACCM, authentication, magic number, PFC and ACFC.
class Lcp final : public ControlProtocol {
 public:
  struct Options {
    std::uint16_t mru = 1500;  ///< What the device takes: the MTU of the PDN.
    Authentication authentication = Authentication::none;
  };

  /// `owner` must outlive it. The same seed gives the same magic numbers.
  Lcp(const Options& options, std::uint64_t seed, Owner& owner)
      : ControlProtocol(lcp_number, owner), options_(options), random_(seed) {}

  /// What has been agreed upon for frames to the peer; while the layer is not open: nothing.
  [[nodiscard]] Framing framing() const { return is_open() ? framing_ : Framing(); }
  /// The largest packet that the peer takes, in bytes.
  [[nodiscard]] std::size_t peer_mru() const { return peer_mru_; }
  /// What the peer has agreed to.
  [[nodiscard]] Authentication authentication() const { return authentication_; }
  /// The peer would not say who it is.
  [[nodiscard]] bool refused_authentication() const { return refused_authentication_; }
  /// Tells the peer of a packet of a protocol that is not known here.
  void reject_protocol(std::uint16_t protocol, std::string_view information);
  /// Answers no echo from now on, or does again.
  void set_echoes(bool answered) { answers_echoes_ = answered; }
  /// A protocol that the peer has rejected; 0 = none. Taken once.
  [[nodiscard]] std::uint16_t take_rejected_protocol() { return std::exchange(rejected_protocol_, 0); }
  /// Echo requests that came, and those that were not answered on purpose.
  [[nodiscard]] std::uint64_t unanswered_echoes() const { return unanswered_; }

 private:
  std::vector<Option> own_options() override;
  void begin() override;
  Verdict judge(const Option& option) override;
  void accept(const std::vector<Option>& options) override;
  void nak(const Option& option) override;
  void reject(const Option& option) override;
  bool handle_code(const ControlPacket& packet) override;
  void reply_to_echo(const ControlPacket& request) override;

  Options options_;
  base::Random random_;
  bool asks_mru_ = true;
  bool asks_accm_ = true;
  bool asks_magic_ = true;
  bool asks_pfc_ = true;
  bool asks_acfc_ = true;
  std::uint32_t accm_ = 0;
  std::uint32_t magic_ = 0;
  Authentication authentication_ = Authentication::none;
  bool refused_authentication_ = false;
  Framing framing_;
  std::size_t peer_mru_ = 1500;
  bool answers_echoes_ = true;
  std::uint16_t rejected_protocol_ = 0;
  std::uint64_t unanswered_ = 0;
};

}  // namespace attache::services::ppp
