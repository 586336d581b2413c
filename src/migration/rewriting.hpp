#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "migration/rule.hpp"

namespace attache::migration {

/// Something in a script that is not in a dialect as it was.
struct Finding {
  std::size_t line = 0;  ///< Of the script, from 1.
  Weight weight = Weight::changed;
  std::string_view dialect;  ///< From which on it is so.
  std::string name;          ///< Of the command or line: "#XRECV".
  std::string text;          ///< The line, without its symbol; secrets are masked.
  std::string what;          ///< These three as in Rule.
  std::string instead;
  std::string source;
  bool by_hand = false;  ///< A person has to change it.
};

/// A socket of the script, as far as its text tells: number in the old dialect, handle in the new one.
struct ScriptSocket {
  std::size_t number = 0;  ///< The lowest that is free, as the device gives it.
  std::string handle;      ///< "{SOCKET}"
  bool is_server = false;
  bool is_datagram = false;
  bool is_secure = false;
  std::string cid = "0";
  std::string peer;  ///< Handle of who was accepted; empty = nobody.
};

/// The HTTP connection of the script.
struct HttpTarget {
  std::string handle;         ///< Empty = none.
  std::string url;            ///< "https://example.com:8443", without path.
  bool is_head_told = false;  ///< Of the answer that is awaited.
};

/// A proxy of the script, TCP or UDP.
struct ProxyState {
  std::string handle;  ///< Of its socket; empty = it does not run.
  std::string peer;    ///< Of who is connected to it; empty = nobody.
  bool is_server = false;
};

/// What is known at a place of the script while one step rewrites it, and what has been written so far.
class Rewriting {
 public:
  /// `step` must outlive it; so do all_steps().
  explicit Rewriting(const Step& step) : step_(step) {}

  /// Rewrites all of it.
  void run(const std::vector<Exchange>& exchanges);

  /// What was written; once, after run().
  [[nodiscard]] std::vector<ScriptLine> take_lines() { return std::move(lines_); }
  /// What concerned the script, in its order; once, after run().
  [[nodiscard]] std::vector<Finding> take_findings() { return std::move(findings_); }

  // ---- What a rule writes.

  /// A line with that directive, from where the exchange comes from.
  void write(client::Directive directive, std::string text);
  void send(const std::string& text) { write(client::Directive::send, text); }
  void expect(std::string text) { write(client::Directive::line, std::move(text)); }
  /// `text` is a regular expression of client::Pattern; {PLACEHOLDERS} stay as they are.
  void expect_pattern(std::string text) { write(client::Directive::pattern, std::move(text)); }
  void expect_ok() { expect("OK"); }
  /// A comment: what a person has to do here.
  void by_hand(std::string_view what);
  /// What follows the command in the exchange, each line by its own rules, but those that `done` is true for.
  template <class Done>
  void pass_rest(const Exchange& exchange, const Done& done) {
    for (const ScriptLine& line : exchange.rest) {
      if (!done(line)) {
        pass(line);
      }
    }
  }
  void pass_rest(const Exchange& exchange) {
    pass_rest(exchange, [](const ScriptLine&) { return false; });
  }
  /// The line by its own rules.
  void pass(const ScriptLine& line);
  /// The line as it is.
  void copy(const ScriptLine& line) { lines_.push_back(line); }

  // ---- What is known.

  /// The last one opened or selected; null without one.
  [[nodiscard]] ScriptSocket* active();
  [[nodiscard]] const ScriptSocket* active() const;
  /// The one of that number or placeholder; null without one.
  [[nodiscard]] ScriptSocket* socket(std::string_view handle_or_number);
  /// Remembers a new socket, which is the active one then. The reference ends with the next one.
  ScriptSocket& open_socket(const std::string& handle);
  /// Forgets it; the one opened last is active then, as on the device.
  void close_active();
  /// A name for a placeholder that the script does not have yet: "SOCKET", "SOCKET_2".
  [[nodiscard]] std::string new_name(std::string_view wanted);

  std::string command;                ///< The name of the one that is being rewritten: "#XSEND".
  std::vector<ScriptSocket> sockets;  ///< In the order in which they were opened.
  std::optional<std::size_t> selected;
  HttpTarget http;
  ProxyState tcp;
  ProxyState udp;
  bool in_data_mode = false;
  bool leaves_data_mode = false;      ///< The terminator was sent; what ends it has not been expected yet.
  std::string receive_timeout = "0";  ///< Seconds, as the host has set them for its socket; 0 = none.
  /// Notifications of the modem that the host has asked for, with the number given: {"+CEREG", "5"}.
  std::map<std::string, std::string, std::less<>> subscriptions;
  /// Those that were asked for before AT+CFUN=0 ended them.
  std::map<std::string, std::string, std::less<>> ended_subscriptions;

 private:
  void rewrite(const Exchange& exchange);
  void leave_to_person(const Exchange& exchange, const Rule& rule);
  void note(const ScriptLine& line, const Rule& rule, bool by_hand);

  const Step& step_;
  std::vector<ScriptLine> lines_;
  std::vector<Finding> findings_;
  std::map<std::string, int, std::less<>> names_;
  std::size_t origin_ = 0;
};

}  // namespace attache::migration
