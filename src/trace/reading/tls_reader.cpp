#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>

#include "base/openssl_handles.hpp"
#include "base/text.hpp"
#include "base/utc_time.hpp"
#include "certificates/certificate.hpp"
#include "trace/reading/byte_reader.hpp"
#include "trace/reading/stream_reader.hpp"
#include "vocabulary/numbers.hpp"

namespace attache::trace {

namespace {

enum class ContentType : std::uint8_t {
  change_cipher_spec = 20,
  alert = 21,
  handshake = 22,
  application_data = 23
};

constexpr std::size_t longest_handshake = 128UL * 1024;

std::string version_name(std::uint32_t version) {
  switch (version) {
    case 0x0301:
      return "TLS 1.0";
    case 0x0302:
      return "TLS 1.1";
    case 0x0303:
      return "TLS 1.2";
    case 0x0304:
      return "TLS 1.3";
    case 0xFEFF:
      return "DTLS 1.0";
    case 0xFEFD:
      return "DTLS 1.2";
    default:
      return fmt::format("version {:#06x}", version);
  }
}

/// What the extensions of a hello say.
struct Extensions {
  std::string server_name;
  std::uint32_t version = 0;  ///< Of a ServerHello of TLS 1.3.
};

Extensions read_extensions(ByteReader& hello) {
  Extensions found;
  ByteReader list(hello.take(std::min<std::size_t>(hello.number(2), hello.left())));
  while (list.left() >= 4 && !list.failed()) {
    std::uint32_t type = list.number(2);
    std::string_view data = list.take(list.number(2));
    ByteReader content(data);
    if (type == 0) {
      content.skip(3);
      found.server_name = content.take(content.number(2));
    } else if (type == 43 && data.size() == 2) {
      found.version = content.number(2);
    }
  }
  return found;
}

std::string client_hello(std::string_view body, bool is_dtls) {
  ByteReader hello(body);
  std::uint32_t version = hello.number(2);
  hello.skip(32);
  hello.skip(hello.number(1));
  if (is_dtls) {
    hello.skip(hello.number(1));
  }
  std::size_t suites = hello.number(2) / 2;
  hello.skip(suites * 2);
  hello.skip(hello.number(1));
  Extensions extensions = read_extensions(hello);
  std::string name = extensions.server_name.empty()
                         ? ""
                         : fmt::format(" for {}", base::escape_control(extensions.server_name));
  return fmt::format("ClientHello{}, up to {}, {} cipher suites", name, version_name(version), suites);
}

std::string server_hello(std::string_view body) {
  ByteReader hello(body);
  std::uint32_t version = hello.number(2);
  hello.skip(32);
  hello.skip(hello.number(1));
  std::uint32_t suite = hello.number(2);
  hello.skip(1);
  Extensions extensions = read_extensions(hello);
  return fmt::format("ServerHello, {}, cipher suite {:#06x}",
                     version_name(extensions.version != 0 ? extensions.version : version), suite);
}

std::string date_of(base::WallTime time) {
  constexpr std::size_t length_of_date = 10;
  return base::format_utc(time).substr(0, length_of_date);
}

// The chain as it was sent, the server's own certificate first.
std::string certificates_of_chain(std::string_view body) {
  ByteReader message(body);
  ByteReader list(message.take(std::min<std::size_t>(message.number(3), message.left())));
  std::vector<std::string> chain;
  while (list.left() > 3 && !list.failed()) {
    std::string_view der = list.take(list.number(3));
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    base::CertificateHandle certificate(::d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
    if (!certificate) {
      chain.emplace_back("one that cannot be read");
      continue;
    }
    auto facts = certificates::facts_of(certificate.get());
    chain.push_back(fmt::format("{} (issued by {}, until {})", base::escape_control(facts.name),
                                base::escape_control(facts.issuer_name), date_of(facts.not_after)));
  }
  return chain.empty() ? "no certificate" : fmt::format("certificates: {}", fmt::join(chain, ", "));
}

std::string handshake_text(std::uint32_t type, std::string_view body, bool is_dtls) {
  switch (type) {
    case 0:
      return "HelloRequest";
    case 1:
      return client_hello(body, is_dtls);
    case 2:
      return server_hello(body);
    case 3:
      return "HelloVerifyRequest";
    case 4:
      return "NewSessionTicket";
    case 11:
      return certificates_of_chain(body);
    case 12:
      return "ServerKeyExchange";
    case 13:
      return "the server asks for a client certificate";
    case 14:
      return "ServerHelloDone";
    case 15:
      return "CertificateVerify";
    case 16:
      return "ClientKeyExchange";
    default:
      return fmt::format("handshake message {}", type);
  }
}

std::string alert_text(std::string_view body) {
  auto number = static_cast<int>(static_cast<unsigned char>(body[1]));
  return fmt::format("{} alert {} ({})", body[0] == 2 ? "fatal" : "warning", number,
                     vocabulary::name_of(vocabulary::Numbering::tls_alert, number));
}

/// Records are kept until they are whole; after ChangeCipherSpec all but their types is secret.
class TlsReader final : public StreamReader {
 public:
  std::vector<StreamText> read(std::string_view bytes) override {
    std::vector<StreamText> texts;
    if (broken_) {
      return texts;
    }
    buffer_ += bytes;
    constexpr std::size_t head = 5;
    std::size_t at = 0;
    while (buffer_.size() - at >= head) {
      ByteReader record(std::string_view(buffer_).substr(at));
      std::uint32_t type = record.number(1);
      std::uint32_t version = record.number(2);
      std::string_view body = record.take(record.number(2));
      if (type < 20 || type > 24 || version >> 8U != 3) {
        broken_ = true;
        buffer_.clear();
        return texts;
      }
      if (record.failed()) {
        break;
      }
      take_record(static_cast<ContentType>(type), body, texts);
      at += record.at();
    }
    buffer_.erase(0, at);
    return texts;
  }

 private:
  void take_record(ContentType type, std::string_view body, std::vector<StreamText>& texts) {
    if (type == ContentType::change_cipher_spec) {
      texts.push_back({Layer::tls, "ChangeCipherSpec: what follows is encrypted"});
      encrypted_ = true;
    } else if (type == ContentType::alert) {
      texts.push_back({Layer::tls, body.size() == 2 ? alert_text(body) : "an encrypted alert"});
    } else if (type == ContentType::application_data && !has_data_) {
      texts.push_back({Layer::tls, "encrypted data begin"});
      has_data_ = true;
    } else if (type == ContentType::handshake && !encrypted_) {
      take_handshake(body, texts);
    }
  }

  void take_handshake(std::string_view body, std::vector<StreamText>& texts) {
    handshake_ += body;
    constexpr std::size_t head = 4;
    while (handshake_.size() >= head) {
      ByteReader message(handshake_);
      std::uint32_t type = message.number(1);
      std::string_view content = message.take(message.number(3));
      if (message.failed()) {
        break;
      }
      texts.push_back({Layer::tls, handshake_text(type, content, false)});
      handshake_.erase(0, message.at());
    }
    if (handshake_.size() > longest_handshake) {
      handshake_.clear();
      encrypted_ = true;
    }
  }

  std::string buffer_;
  std::string handshake_;
  bool encrypted_ = false;
  bool has_data_ = false;
  bool broken_ = false;
};

}  // namespace

std::unique_ptr<StreamReader> make_tls_reader() {
  return std::make_unique<TlsReader>();
}

std::vector<StreamText> read_dtls(std::string_view datagram) {
  std::vector<StreamText> texts;
  ByteReader records(datagram);
  while (records.left() > 0) {
    std::uint32_t type = records.number(1);
    std::uint32_t version = records.number(2);
    std::uint32_t epoch = records.number(2);
    records.skip(6);
    std::string_view body = records.take(records.number(2));
    bool is_dtls = !records.failed() && type >= 20 && type <= 25 && version >> 8U == 0xFE;
    if (!is_dtls) {
      break;
    }
    if (epoch == 0 && type == 21 && body.size() == 2) {
      texts.push_back({Layer::tls, alert_text(body)});
    } else if (epoch == 0 && type == 22) {
      ByteReader message(body);
      std::uint32_t kind = message.number(1);
      std::uint32_t length = message.number(3);
      message.skip(2);
      std::uint32_t offset = message.number(3);
      std::uint32_t size = message.number(3);
      std::string_view content = message.take(std::min<std::size_t>(size, message.left()));
      bool is_whole = offset == 0 && size == length;
      texts.push_back({Layer::tls, is_whole ? handshake_text(kind, content, true)
                                            : fmt::format("part of handshake message {}", kind)});
    } else {
      texts.push_back({Layer::tls, "encrypted data"});
    }
  }
  return texts;
}

}  // namespace attache::trace
