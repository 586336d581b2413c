#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "lab/http_answers.hpp"

namespace attache::lab {

/// What a lab server knows of a request when it answers: its body has been read.
struct HttpRequest {
  std::string method;    ///< As sent; empty if it is none that HTTP defines.
  std::string target;    ///< Path and query as sent.
  std::string fields{};  ///< The header fields as "Name: value", each ended by LF.
  std::string body{};    ///< Only if keeps_body() of the target.
  std::uint64_t body_size = 0;
};

/// The longest body that /echo gives back.
inline constexpr std::size_t longest_kept_body = 1024 * 1024;

/// True if the answer to `target` depends on the body itself.
bool keeps_body(std::string_view target);

/// The answer to a well-formed request.
HttpAnswer answer(const HttpRequest& request);

}  // namespace attache::lab
