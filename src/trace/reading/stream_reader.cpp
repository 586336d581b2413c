#include "trace/reading/stream_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"
#include "client/secrets.hpp"
#include "trace/reading/byte_reader.hpp"
#include "vocabulary/numbers.hpp"

namespace attache::trace {

namespace {

constexpr std::size_t longest_head = 64UL * 1024;

constexpr auto http_beginnings = std::to_array<std::string_view>(
    {"GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT ", "TRACE ", "HTTP/1."});

std::string shown_line(std::string_view line) {
  return base::escape_control(client::shorten_masks(client::mask_received(line)));
}

/// Heads are kept until they are whole, bodies are counted.
class HttpReader final : public StreamReader {
 public:
  std::vector<StreamText> read(std::string_view bytes) override {
    std::vector<StreamText> texts;
    while (!bytes.empty()) {
      if (body_ > 0) {
        std::size_t taken = static_cast<std::size_t>(std::min<std::uint64_t>(body_, bytes.size()));
        body_ -= taken;
        bytes.remove_prefix(taken);
        continue;
      }
      head_ += bytes;
      std::size_t end = head_.find("\r\n\r\n");
      if (end == std::string::npos) {
        if (head_.size() > longest_head || !may_be_head()) {
          head_.clear();  // A body whose length nobody said.
        }
        break;
      }
      std::size_t behind = bytes.size() - std::min(bytes.size(), head_.size() - (end + 4));
      if (may_be_head()) {
        texts.push_back({Layer::http, describe(std::string_view(head_).substr(0, end))});
      }
      head_.clear();
      bytes.remove_prefix(behind);
    }
    return texts;
  }

 private:
  [[nodiscard]] bool may_be_head() const {
    return std::any_of(http_beginnings.begin(), http_beginnings.end(), [this](std::string_view beginning) {
      std::size_t common = std::min(beginning.size(), head_.size());
      return head_.compare(0, common, beginning.substr(0, common)) == 0;
    });
  }

  std::string describe(std::string_view head) {
    std::string text = shown_line(head.substr(0, head.find("\r\n")));
    std::optional<std::uint64_t> length;
    for (std::string_view line : base::split(head, '\n')) {
      std::size_t colon = line.find(':');
      if (colon == std::string_view::npos) {
        continue;
      }
      std::string_view value = base::trim(line.substr(colon + 1));
      if (base::equal_ignoring_case(line.substr(0, colon), "content-length")) {
        length = base::parse_number<std::uint64_t>(value);
      } else if (base::equal_ignoring_case(line.substr(0, colon), "host")) {
        text += fmt::format(", host {}", shown_line(value));
      }
    }
    body_ = length.value_or(0);
    return length ? fmt::format("{}, {} bytes follow", text, *length) : text;
  }

  std::string head_;
  std::uint64_t body_ = 0;
};

/// Packets are kept until they are whole, of a large one its beginning alone.
class MqttReader final : public StreamReader {
 public:
  std::vector<StreamText> read(std::string_view bytes) override {
    std::vector<StreamText> texts;
    while (!bytes.empty() && !broken_) {
      if (skip_ > 0) {
        std::size_t taken = std::min(skip_, bytes.size());
        skip_ -= taken;
        bytes.remove_prefix(taken);
        continue;
      }
      part_ += bytes.front();
      bytes.remove_prefix(1);
      take_packet(texts);
    }
    return texts;
  }

 private:
  void take_packet(std::vector<StreamText>& texts) {
    constexpr std::size_t most_kept = 4096;
    auto size = size_of_packet();
    bool is_enough = size && (part_.size() >= *size || part_.size() >= most_kept);
    if (!is_enough) {
      return;
    }
    texts.push_back({Layer::mqtt, describe(*size)});
    skip_ = *size - part_.size();
    part_.clear();
  }

  // Nothing until the length has come.
  std::optional<std::size_t> size_of_packet() {
    std::size_t length = 0;
    for (std::size_t i = 1; i < part_.size() && i <= 4; ++i) {
      auto byte = static_cast<unsigned char>(part_[i]);
      length |= std::size_t{byte & 0x7FU} << (7 * (i - 1));
      if ((byte & 0x80U) == 0) {
        head_ = i + 1;
        return head_ + length;
      }
    }
    broken_ = part_.size() > 4;
    return std::nullopt;
  }

  [[nodiscard]] std::string describe(std::size_t size) const {
    constexpr auto names = std::to_array<std::string_view>(
        {"?", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE", "SUBACK",
         "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "?"});
    auto first = static_cast<unsigned char>(part_[0]);
    unsigned kind = first >> 4U;
    std::string_view name = names[kind];
    ByteReader body(std::string_view(part_).substr(head_));
    switch (kind) {
      case 1: {
        body.skip(body.number(2));
        body.skip(4);
        return fmt::format("{}, client id {}", name, excerpt_of(body.take(body.number(2))));
      }
      case 2: {
        body.skip(1);
        auto code = static_cast<int>(body.number(1));
        return fmt::format("{} {} ({})", name, code,
                           vocabulary::name_of(vocabulary::Numbering::connack, code));
      }
      case 3: {
        std::string topic = excerpt_of(body.take(body.number(2)));
        return fmt::format("{} {}, QoS {}, {} bytes", name, topic, (first >> 1U) & 3U, size - head_);
      }
      case 8:
      case 10:
        body.skip(2);
        return fmt::format("{} {}", name, excerpt_of(body.take(body.number(2))));
      default:
        return std::string(name);
    }
  }

  std::string part_;
  std::size_t head_ = 0;
  std::size_t skip_ = 0;
  bool broken_ = false;
};

class DataReader final : public StreamReader {
 public:
  std::vector<StreamText> read(std::string_view bytes) override {
    return {{Layer::tcp, fmt::format("{} bytes: {}", bytes.size(), excerpt_of(bytes))}};
  }
};

bool may_become(std::string_view beginning, std::string_view whole) {
  return beginning.size() < whole.size() && whole.starts_with(beginning);
}

}  // namespace

std::string excerpt_of(std::string_view bytes) {
  constexpr std::size_t longest = 80;
  std::string text = client::shorten_masks(client::mask_received(bytes.substr(0, longest)));
  return base::escape_control(text) + (bytes.size() > longest ? "…" : "");
}

std::unique_ptr<StreamReader> reader_for(std::string_view beginning) {
  if (beginning.empty()) {
    return nullptr;
  }
  constexpr std::string_view tls_handshake("\x16\x03", 2);
  if (beginning.starts_with(tls_handshake)) {
    return make_tls_reader();
  }
  bool is_http = std::any_of(http_beginnings.begin(), http_beginnings.end(),
                             [&](std::string_view head) { return beginning.starts_with(head); });
  if (is_http) {
    return make_http_reader();
  }
  // CONNECT or CONNACK, whose lengths are short.
  bool is_connect = beginning.size() > 8 && beginning[0] == '\x10' &&
                    beginning.substr(0, 12).find("MQ") != std::string_view::npos;
  bool is_connack = beginning.size() >= 4 && beginning.starts_with("\x20\x02");
  if (is_connect || is_connack) {
    return make_mqtt_reader();
  }
  bool may_be_http = std::any_of(http_beginnings.begin(), http_beginnings.end(),
                                 [&](std::string_view head) { return may_become(beginning, head); });
  bool may_be_mqtt = (beginning[0] == '\x10' && beginning.size() <= 8) || may_become(beginning, "\x20\x02") ||
                     (beginning.starts_with("\x20\x02") && beginning.size() < 4);
  return may_be_http || may_be_mqtt || may_become(beginning, tls_handshake) ? nullptr : make_data_reader();
}

std::unique_ptr<StreamReader> make_http_reader() {
  return std::make_unique<HttpReader>();
}

std::unique_ptr<StreamReader> make_mqtt_reader() {
  return std::make_unique<MqttReader>();
}

std::unique_ptr<StreamReader> make_data_reader() {
  return std::make_unique<DataReader>();
}

}  // namespace attache::trace
