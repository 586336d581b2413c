#include "dialects/twi_commands.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"
#include "dialects/application.hpp"
#include "services/i2c/i2c_bus.hpp"

namespace attache::dialects {

namespace {

constexpr std::int64_t longest_data = 510;  // Hexadecimal digits.
constexpr std::int64_t most_read = 255;
constexpr std::uint8_t greatest_address = 0x7F;

at::ParameterRule index_rule() {
  return at::number("index", 0, UINT16_MAX);
}
at::ParameterRule address_rule() {
  return at::string("dev_addr", 2);
}
at::ParameterRule data_rule() {
  return at::string("data", longest_data);
}
at::ParameterRule count_rule() {
  return at::number("num_read", 1, most_read);
}

base::Result<std::uint8_t> read_address(std::string_view text) {
  auto bytes = base::from_hex(text.size() == 1 ? fmt::format("0{}", text) : std::string(text));
  if (!bytes || bytes->size() != 1) {
    return base::make_reason(base::Cause::bad_parameter, "no such TWI address",
                             fmt::format("<dev_addr> is \"{}\"", text),
                             "one or two hexadecimal digits, as in \"76\"");
  }
  auto address = static_cast<std::uint8_t>(bytes->front());
  if (address > greatest_address) {
    return base::make_reason(base::Cause::bad_parameter, "no such TWI address",
                             fmt::format("<dev_addr> {:02X} has more than 7 bits", address),
                             "give it without the read/write bit");
  }
  return address;
}

base::Result<std::string> read_data(std::string_view text) {
  auto bytes = base::from_hex(text);
  if (!bytes || bytes->empty()) {
    return base::make_reason(base::Cause::bad_parameter, "TWI data cannot be read",
                             fmt::format("<data> has {} characters{}", text.size(),
                                         text.empty()           ? ""
                                         : text.size() % 2 == 1 ? ", an odd number"
                                                                : ", not all of them hexadecimal digits"),
                             "two hexadecimal digits for each byte");
  }
  return {boost::system::in_place_value, std::move(*bytes)};
}

// Reads <index>, <dev_addr> and, where the command has it, <data>; then has the bus transfer.
asio::awaitable<void> transfer(Application& application, Answer answer, std::string_view name, bool has_data,
                               std::size_t count) {
  const GivenParameters& given = answer.parameters();
  auto& buses = application.i2c_buses();
  auto bus = buses.find(static_cast<unsigned>(given.number(0)));
  if (bus == buses.end()) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "no such TWI bus",
                                   fmt::format("<index> is {}", given.number(0)),
                                   "AT#XTWILS lists them; [[i2c]] of the configuration adds one"));
    co_return;
  }
  auto address = read_address(given.text(1));
  if (!address) {
    answer.error(address.error());
    co_return;
  }
  std::string data;
  if (has_data) {
    auto read = read_data(given.text(2));
    if (!read) {
      answer.error(read.error());
      co_return;
    }
    data = std::move(*read);
  }
  auto bytes = co_await bus->second->transfer(*address, std::move(data), count);
  if (!bytes) {
    answer.error(bytes.error());
    co_return;
  }
  if (count > 0) {
    answer.line(fmt::format("{}: {}", name, base::to_hex(*bytes)));
  }
  answer.ok();
}

void list(Application& application, Answer answer) {
  std::string indexes;
  for (const auto& [index, bus] : application.i2c_buses()) {
    indexes += fmt::format("{},", index);
  }
  answer.line(fmt::format("#XTWILS: {}", indexes));
  answer.ok();
}

asio::awaitable<void> write(Application& application, Answer answer) {
  constexpr std::size_t exactly = 3;
  if (answer.parameters().size() != exactly) {
    answer.error(
        base::make_reason(base::Cause::bad_parameter, "wrong number of parameters",
                          fmt::format("#XTWIW takes exactly 3, {} were given", answer.parameters().size()),
                          "AT#XTWIW=<index>,<dev_addr>,<data>"));
    co_return;
  }
  co_await transfer(application, std::move(answer), "#XTWIW", true, 0);
}

asio::awaitable<void> read(Application& application, Answer answer) {
  auto count = static_cast<std::size_t>(answer.parameters().number(2));
  co_await transfer(application, std::move(answer), "#XTWIR", false, count);
}

asio::awaitable<void> write_and_read(Application& application, Answer answer) {
  auto count = static_cast<std::size_t>(answer.parameters().number(3));
  co_await transfer(application, std::move(answer), "#XTWIWR", true, count);
}

}  // namespace

void add_twi_commands(Commands& commands) {
  commands.add("#XTWILS", {.service = "twi", .set = list});
  commands.add("#XTWIW", {.service = "twi",
                          .set = write,
                          .parameters = {index_rule(), address_rule(), data_rule()},
                          .test = FixedText{"#XTWIW: <index>,<dev_addr>,<data>\r\n", false}});
  commands.add("#XTWIR", {.service = "twi",
                          .set = read,
                          .parameters = {index_rule(), address_rule(), count_rule()},
                          .test = FixedText{"#XTWIR: <index>,<dev_addr>,<num_read>\r\n", false}});
  commands.add("#XTWIWR", {.service = "twi",
                           .set = write_and_read,
                           .parameters = {index_rule(), address_rule(), data_rule(), count_rule()},
                           .test = FixedText{"#XTWIWR: <index>,<dev_addr>,<data>,<num_read>\r\n", false}});
}

}  // namespace attache::dialects
