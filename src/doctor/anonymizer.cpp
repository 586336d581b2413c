#include "doctor/anonymizer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "at/redaction.hpp"
#include "base/text.hpp"
#include "doctor/reader/words.hpp"
#include "doctor/rules/queries.hpp"

namespace attache::doctor {

namespace {

// A band mask has only these two digits.
bool is_mask(std::string_view digits) {
  return digits.find_first_not_of("01") == std::string_view::npos;
}

bool is_uuid(std::string_view text) {
  if (text.size() < 36) {
    return false;
  }
  for (std::size_t i = 0; i < 36; ++i) {
    bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex_digit(text[i])) {
      return false;
    }
  }
  return text.size() == 36 || !is_alphanumeric(text[36]);
}

bool tells_a_place(std::string_view text) {
  return has_text(text, "XGPS") || has_text(text, "XGNSS") || has_text(text, "XNRFCLOUDPOS") ||
         text.find("$G") != std::string_view::npos || has_text(text, "latitude") ||
         has_text(text, "longitude") || has_text(text, "lat:") || has_text(text, "lon");
}

std::string mask_body(std::string_view text) {
  std::string masked;
  for (char c : text) {
    masked += is_alphanumeric(c) || c == '+' || c == '/' ? 'A' : c;
  }
  return masked;
}

}  // namespace

std::string Anonymizer::line(std::string_view text) {
  std::string shown;
  std::size_t begin = text.find("-----BEGIN ");
  bool begins_key =
      begin != std::string_view::npos && text.find("PRIVATE KEY-----", begin) != std::string_view::npos;
  bool has_pem =
      text.find("-----BEGIN ") != std::string_view::npos || text.find("-----END ") != std::string_view::npos;
  if (begins_key) {
    std::size_t body = text.find("-----", begin + 11) + 5;
    std::size_t end = text.find("-----END", body);
    in_key_ = end == std::string_view::npos;
    shown = std::string(text.substr(0, body)) +
            mask_body(text.substr(body, in_key_ ? std::string_view::npos : end - body)) +
            std::string(in_key_ ? std::string_view() : text.substr(end));
  } else if (in_key_) {
    std::size_t end = text.find("-----END");
    shown = mask_body(text.substr(0, std::min(end, text.size()))) +
            std::string(end == std::string_view::npos ? std::string_view() : text.substr(end));
    in_key_ = end == std::string_view::npos && base::trim(text).size() <= 100 && !has_text(text, "AT+") &&
              text.find("OK") != 0;
  } else {
    shown = has_pem ? std::string(text) : at::redact(text);
  }
  shown = replace_numbers(shown, tells_a_place(text));
  return hosts_ ? replace_hosts(shown) : shown;
}

std::string Anonymizer::number_for(std::string_view kind, const std::string& original, std::size_t kept) {
  std::string key = fmt::format("{} {}", kind, original);
  auto known = known_.find(key);
  if (known != known_.end()) {
    return known->second;
  }
  int count = ++counts_[std::string(kind)];
  std::string number = std::to_string(count);
  std::size_t digits = static_cast<std::size_t>(std::ranges::count_if(original, is_digit));
  std::string filled;
  std::size_t index = 0;
  for (char c : original) {
    if (!is_digit(c) && !(kind == "uuid" && is_hex_digit(c))) {
      filled += c;
      continue;
    }
    std::size_t from_end = digits - std::min(digits, index + 1);
    if (index < kept) {
      filled += c;
    } else if (kind != "uuid" && from_end < number.size()) {
      filled += number[number.size() - 1 - from_end];
    } else {
      filled += '0';
    }
    ++index;
  }
  if (kind == "uuid") {
    filled.replace(filled.size() - number.size(), number.size(), number);
  }
  known_[key] = filled;
  return filled;
}

std::string Anonymizer::replace_numbers(std::string_view text, bool with_coordinates) {
  std::string shown;
  std::size_t i = 0;
  while (i < text.size()) {
    bool begins_word = i == 0 || (!is_alphanumeric(text[i - 1]) && text[i - 1] != '.' && text[i - 1] != '_');
    if (begins_word && is_uuid(text.substr(i))) {
      shown += number_for("uuid", std::string(text.substr(i, 36)), 0);
      i += 36;
      continue;
    }
    if (!begins_word || !is_digit(text[i])) {
      shown += text[i++];
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && is_digit(text[end])) {
      ++end;
    }
    std::string digits(text.substr(i, end - i));
    bool fraction = end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1]);
    if (fraction && with_coordinates) {
      std::size_t last = end + 1;
      while (last < text.size() && is_digit(text[last])) {
        ++last;
      }
      bool precise = last - end > 4;
      std::string number(text.substr(i, last - i));
      shown += precise ? number_for("place", number, 0) : number;
      i = last;
      continue;
    }
    bool padded = end < text.size() && (text[end] == 'F' || text[end] == 'f');
    bool ends_word = end == text.size() || !is_alphanumeric(text[end]) || padded;
    bool phone = i > 0 && text[i - 1] == '+' && digits.size() >= 7;
    if (ends_word && !is_mask(digits) && (phone || (digits.size() >= 15 && digits.size() <= 22))) {
      std::string_view kind = phone ? "phone" : digits.size() >= 18 ? "iccid" : "identity";
      shown += number_for(kind, digits, phone ? 2 : digits.size() >= 18 ? 6 : 5);
    } else {
      shown += digits;
    }
    i = end;
  }
  return shown;
}

// Names in quotes that have a dot and end in letters.
std::string Anonymizer::replace_hosts(std::string_view text) {
  std::string shown;
  std::size_t i = 0;
  while (i < text.size()) {
    bool begins = text[i] == '"' && i + 1 < text.size() && is_alphanumeric(text[i + 1]);
    if (!begins) {
      shown += text[i++];
      continue;
    }
    std::size_t end = i + 1;
    while (end < text.size() && (is_alphanumeric(text[end]) || text[end] == '-' || text[end] == '.')) {
      ++end;
    }
    std::string name(text.substr(i + 1, end - i - 1));
    std::size_t dot = name.rfind('.');
    bool is_host = dot != std::string::npos && name.size() - dot > 2 &&
                   std::ranges::none_of(name.substr(dot + 1), is_digit) && end < text.size() &&
                   (text[end] == '"' || text[end] == '/' || text[end] == ':');
    if (is_host) {
      auto [known, added] = known_.try_emplace("host " + name);
      if (added) {
        known->second = fmt::format("host{}.example", ++counts_["host"]);
      }
      name = known->second;
    }
    shown += '"' + name;
    i = end;
  }
  return shown;
}

}  // namespace attache::doctor
