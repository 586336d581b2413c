#include <string>
#include <string_view>
#include <vector>

#include "services/ftp_data_port.hpp"
#include "services/ftp_reply_reader.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

using services::FtpReplyReader;

struct Seen {
  std::vector<std::string> replies;
  std::vector<unsigned> codes;
  bool failed = false;

  bool operator==(const Seen&) const = default;
};

void look_into(const services::FtpReply& reply) {
  must(!reply.text.empty() && reply.text.back() == '\n', "a reply ends with its line");
  must(reply.text.size() <= FtpReplyReader::longest_reply, "no reply is longer than the limit");
  must(reply.code < 1000, "a code has three digits");
  must(reply.first_line().find('\n') == std::string_view::npos, "the first line is one line");
  (void)services::parse_passive_port(reply.text);
  (void)services::parse_extended_passive_port(reply.text);
}

Seen read(const std::vector<std::string_view>& pieces) {
  FtpReplyReader reader;
  Seen seen;
  for (std::string_view piece : pieces) {
    reader.feed(piece);
    while (true) {
      auto reply = reader.next();
      if (!reply) {
        must(!reply.error().what.empty(), "a refused reply has a reason");
        must(!reader.next(), "a reader that has failed stays so");
        seen.failed = true;
        return seen;
      }
      if (!*reply) {
        break;
      }
      look_into(**reply);
      seen.codes.push_back((*reply)->code);
      seen.replies.push_back(std::move((*reply)->text));
    }
  }
  return seen;
}

}  // namespace

void fuzz_ftp_replies(std::string_view input) {
  Seen whole = read({input});
  std::string joined;
  for (const std::string& reply : whole.replies) {
    joined += reply;
  }
  must(input.starts_with(joined), "replies are the bytes as they came");
  must(whole == read(Cutter(input, 50).cut(input)), "any split gives the same replies");
}

}  // namespace attache::fuzz
