#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <csignal>
#include <fstream>
#include <sstream>
#include <string>

#include "system/support/certificates.hpp"
#include "system/support/lab_process.hpp"
#include "system/support/routed_device.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;

std::string contents_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A program of this machine says that each line is as the schema wants it.
void expect_valid_events(const std::string& file) {
  auto python = find_program("python3");
  ASSERT_TRUE(python) << "python3 is missing";
  Finished finished = run_to_end({*python, "-c",
                                  "import json,sys,jsonschema\n"
                                  "check=jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))\n"
                                  "lines=[json.loads(line) for line in open(sys.argv[2])]\n"
                                  "assert lines\n"
                                  "[check.validate(line) for line in lines]",
                                  ATTACHE_TEST_DATA "/../docs/events.schema.json", file});
  EXPECT_EQ(finished.exit_code, 0) << finished.output << finished.errors;
}

std::string names_of(const std::string& lines) {
  std::istringstream text(lines);
  std::string names;
  for (std::string line; std::getline(text, line);) {
    names += std::string(boost::json::parse(line).at("event").as_string()) + " ";
  }
  return names;
}

TEST(JsonEvents, AreAsTheirSchemaSays) {
  TempFolder folder;
  LabProcess lab;
  auto at = [&](std::string_view service) { return fmt::format("127.0.0.1:{}", lab.port(service)); };
  ServedDevice device(
      "unix:" + (folder / "modem"),
      {"--config",
       folder.write("device.toml", route("http.test:80", at("http")) + route("https.test:443", at("https")) +
                                       route("wrong.test:443", at("https-wrong-host"))),
       "--log-level", "off", "--json-events"});
  {
    LineClient host = device.connect_first();
    write_credential(host, 42, 0, contents_of(lab.path("ca")));
    register_with_network(host);
    connect_http(host, "http.test", 80);
    disconnect(host);
    connect_https(host, "https.test", 443, 42);
    disconnect(host);
    EXPECT_EQ(host.command("AT#XHTTPCCON=1,\"wrong.test\",443,42"), not_connected);
    EXPECT_TRUE(device.process().wait_for_output("\"code\":\"hostname-mismatch\""));
    host.command("AT+CFUN=4", ok);
  }
  EXPECT_TRUE(device.process().wait_for_output("\"present\":false"));
  EXPECT_EQ(device.stop(SIGTERM), 0);
  std::string output = device.process().output();
  std::string ready = "ready " + device.address() + "\n";
  ASSERT_TRUE(output.starts_with(ready)) << output;
  std::string lines = output.substr(ready.size());
  expect_valid_events(folder.write("events.json", lines));
  std::string names = names_of(lines);
  EXPECT_TRUE(names.starts_with("ready host ")) << names;
  EXPECT_THAT(names, HasSubstr("socket socket socket tls socket failure "));
  EXPECT_TRUE(names.ends_with(" ended ")) << names;
  for (std::string_view part : {"registration", "pdn", "failure"}) {
    EXPECT_THAT(names, HasSubstr(std::string(part)));
  }
}

TEST(JsonEvents, TellOfTheChannelsOfAMultiplexer) {
  constexpr std::string_view open_control = "\xF9\x03\x3F\x01\x1C\xF9";
  constexpr std::string_view open_first = "\xF9\x07\x3F\x01\xDE\xF9";
  constexpr std::string_view close_first = "\xF9\x07\x53\x01\x3F\xF9";
  TempFolder folder;
  ServedDevice device(
      "unix:" + (folder / "modem"),
      {"--config",
       folder.write("device.toml", "[dialect]\nname = \"serial-modem-2.0\"\nservices = [\"cmux\"]\n"),
       "--log-level", "off", "--json-events"});
  {
    LineClient host = device.connect_first();
    host.command("AT+CMUX=0", ok);
    host.send(open_control);
    host.send(open_first);
    EXPECT_TRUE(device.process().wait_for_output(R"("port":0,"channel":1,"open":true)"));
    host.send(close_first);
    EXPECT_TRUE(device.process().wait_for_output(R"("port":0,"channel":1,"open":false)"));
  }
  EXPECT_EQ(device.stop(SIGTERM), 0);
  std::string output = device.process().output();
  std::string lines = output.substr(output.find('{'));
  expect_valid_events(folder.write("events.json", lines));
  EXPECT_THAT(names_of(lines), HasSubstr("ready host channel channel "));
}

TEST(JsonEvents, GoToAnyDescriptorOrAreRefused) {
  auto complaint_of = [](const std::vector<std::string>& options) {
    Process device(serve_arguments("tcp:127.0.0.1:0", options));
    EXPECT_EQ(device.wait_exit(), 2);
    return device.errors();
  };
  EXPECT_EQ(complaint_of({"--json-events", "events.json"}),
            "attache: the events cannot be written\n  why:      \"events.json\" is no file descriptor\n  do: "
            "      give the "
            "number of an open one, or - for stdout\n");
  EXPECT_THAT(complaint_of({"--json-events", "77"}), HasSubstr("the events cannot be written"));
  EXPECT_THAT(complaint_of({"--json-events", "-", "--transcript", "-"}),
              HasSubstr("--transcript - writes to stdout"));
  Process stdio(serve_arguments("stdio", {"--json-events"}));
  EXPECT_EQ(stdio.wait_exit(), 2);
  EXPECT_THAT(stdio.errors(), HasSubstr("are the line to the host"));
}

}  // namespace
}  // namespace attache::system_test
