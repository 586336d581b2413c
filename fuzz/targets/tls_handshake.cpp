#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/tls_diagnosis.hpp"
#include "net/tls_engine.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"
#include "targets/tls_credentials.hpp"

namespace attache::fuzz {

namespace {

using net::TlsEngine;
using Step = net::TlsEngine::Step;

constexpr unsigned as_server = 1;
constexpr unsigned by_datagrams = 2;
constexpr unsigned peer_is_edited = 4;
constexpr unsigned with_psk = 8;
constexpr unsigned without_check = 16;
constexpr unsigned of_old_firmware = 32;
constexpr unsigned for_another_host = 64;

constexpr int most_rounds = 64;
constexpr std::uint32_t sec_tag = 1;

std::shared_ptr<const net::TlsContext> context_for(unsigned flags, net::TlsUse use) {
  static net::TlsContexts contexts;
  modem::CredentialBundle credentials;
  if ((flags & with_psk) != 0) {
    credentials.psk = "00112233445566778899aabbccddeeff";
    credentials.psk_identity = "device";
  } else if (use == net::TlsUse::stream_server) {
    credentials.client_certificate = server_pem;
    credentials.private_key = server_key_pem;
  } else {
    credentials.root_ca = authority_pem;
  }
  auto context = contexts.context(credentials, sec_tag, {(flags & of_old_firmware) == 0}, use);
  must(context.has_value(), "the credentials can be used");
  return *context;
}

net::TlsOptions options_of(unsigned flags) {
  net::TlsOptions options;
  options.sec_tag = sec_tag;
  options.host_name = (flags & for_another_host) != 0 ? "192.0.2.10" : "server.example";
  if ((flags & without_check) != 0) {
    options.peer_verify = net::TlsOptions::PeerVerify::none;
  }
  return options;
}

/// One end of a connection: handshake, then a few bytes either way.
class End {
 public:
  End(unsigned flags, net::TlsUse use)
      : use_(use), options_(options_of(flags)), engine_(context_for(flags, use), options_, std::nullopt) {}

  /// Goes on as far as it goes with what was given, and gives what is to be sent: a piece a datagram.
  std::vector<std::string> go_on() {
    if (!connected_) {
      take(engine_.handshake());
    }
    if (connected_ && !std::exchange(has_written_, true)) {
      take(engine_.write("hello from here"));
    }
    while (connected_ && !ended()) {
      std::size_t size = 0;
      take(engine_.read(plain_, size));
      must(size <= plain_.size(), "no more is read than fits");
      if (size == 0) {
        break;
      }
    }
    std::vector<std::string> output;
    while (engine_.has_output()) {
      output.push_back(engine_.take_output());
      must(!output.back().empty(), "nothing empty is sent");
    }
    return output;
  }

  void feed(std::string_view bytes) { engine_.feed(bytes); }

  [[nodiscard]] bool ended() const { return last_ == Step::failed || last_ == Step::closed; }
  [[nodiscard]] bool connected() const { return connected_; }

  /// However it ended, it can be put into words.
  void explain() const {
    net::TlsCircumstances circumstances;
    circumstances.options = options_;
    circumstances.server = {boost::asio::ip::make_address("192.0.2.10"), 443};
    circumstances.firmware = "mfw_nrf9160_1.3.5";
    circumstances.suites = engine_.context().suites();
    circumstances.datagram = use_ == net::TlsUse::datagram_client;
    for (auto ending :
         {net::TlsEnding::failed, net::TlsEnding::closed, net::TlsEnding::reset, net::TlsEnding::timed_out}) {
      const auto& seen = engine_.observation();
      const auto& tag = engine_.context().contents();
      net::Failure failure = use_ == net::TlsUse::stream_server
                                 ? net::diagnose_tls_client(ending, seen, tag, circumstances)
                                 : net::diagnose_tls(ending, seen, tag, circumstances);
      must(!failure.reason.what.empty() && !failure.reason.why.empty(),
           "a handshake that fails has a reason");
      base::to_block(failure.reason);
    }
  }

 private:
  void take(Step step) {
    must(last_ != Step::failed || step != Step::done, "what has failed stays so");
    connected_ = connected_ || step == Step::done;
    last_ = step;
  }

  net::TlsUse use_;
  net::TlsOptions options_;
  TlsEngine engine_;
  std::array<char, TlsEngine::largest_plain> plain_{};
  Step last_ = Step::need_input;
  bool connected_ = false;
  bool has_written_ = false;
};

/// Changes bytes of what a peer sends, by their places in all of it: two bytes of place, one to XOR.
class Editor {
 public:
  explicit Editor(std::string_view edits) : edits_(edits) {}

  std::string edit(std::string bytes) {
    for (std::size_t i = 0; i + 2 < edits_.size(); i += 3) {
      std::size_t place = static_cast<std::size_t>(byte(i)) << 8 | byte(i + 1);
      if (place >= passed_ && place - passed_ < bytes.size()) {
        bytes[place - passed_] = static_cast<char>(bytes[place - passed_] ^ edits_[i + 2]);
      }
    }
    passed_ += bytes.size();
    return bytes;
  }

  [[nodiscard]] bool changes_nothing() const { return edits_.size() < 3; }

 private:
  [[nodiscard]] unsigned char byte(std::size_t i) const { return static_cast<unsigned char>(edits_[i]); }

  std::string_view edits_;
  std::size_t passed_ = 0;
};

void meet_edited_peer(End& end, End& peer, std::string_view edits, bool fits) {
  Editor editor(edits);
  bool going_on = true;
  for (int round = 0; going_on && round < most_rounds; ++round) {
    going_on = false;
    for (const std::string& bytes : end.go_on()) {
      peer.feed(bytes);
    }
    for (std::string& bytes : peer.go_on()) {
      end.feed(editor.edit(std::move(bytes)));
      going_on = true;
    }
  }
  must(!editor.changes_nothing() || end.connected() == fits, "a peer that fits is connected to");
}

// Each datagram is preceded by its length, in two bytes.
std::vector<std::string_view> datagrams_of(std::string_view bytes) {
  std::vector<std::string_view> datagrams;
  while (bytes.size() > 2) {
    std::size_t length = static_cast<std::size_t>(static_cast<unsigned char>(bytes[0])) << 8 |
                         static_cast<unsigned char>(bytes[1]);
    datagrams.push_back(bytes.substr(2, length));
    bytes.remove_prefix(std::min(bytes.size(), 2 + length));
  }
  return datagrams;
}

void meet_bytes(End& end, const std::vector<std::string_view>& pieces) {
  for (std::string_view piece : pieces) {
    end.go_on();
    end.feed(piece);
  }
  end.go_on();
}

}  // namespace

void fuzz_tls_handshake(std::string_view input) {
  if (input.empty()) {
    return;
  }
  auto flags = static_cast<unsigned char>(input.front());
  std::string_view rest = input.substr(1);
  bool is_datagram = (flags & by_datagrams) != 0;
  net::TlsUse stream = (flags & as_server) != 0 ? net::TlsUse::stream_server : net::TlsUse::stream_client;
  End end(flags, is_datagram ? net::TlsUse::datagram_client : stream);
  if (!is_datagram && (flags & peer_is_edited) != 0) {
    End peer(flags,
             stream == net::TlsUse::stream_server ? net::TlsUse::stream_client : net::TlsUse::stream_server);
    bool names_fit =
        (flags & (for_another_host | with_psk)) != for_another_host || (flags & without_check) != 0;
    meet_edited_peer(end, peer, rest, names_fit);
    peer.explain();
  } else {
    meet_bytes(end, is_datagram ? datagrams_of(rest) : Cutter(input, 400).cut(rest));
  }
  end.explain();
}

}  // namespace attache::fuzz
