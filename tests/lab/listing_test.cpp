#include "lab/listing.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace attache::lab {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using testing::HasSubstr;

std::string content(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

unsigned mode_of(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 07777U;
}

class ListingTest : public testing::Test {
 protected:
  boost::asio::io_context context_;
  base::RealClock clock_{context_};
  std::unique_ptr<Lab> lab_ = Lab::start(clock_, {.names = {"device.example"}}).value();
  std::unique_ptr<CredentialFiles> files_ = std::make_unique<CredentialFiles>(write_files({}));

  CredentialFiles write_files(const fs::path& folder) {
    return CredentialFiles::write(folder, lab_->ca_pem(), lab_->client()).value();
  }
};

TEST_F(ListingTest, IsOneJsonObjectOnOneLine) {
  const auto text = to_json(*lab_, *files_);
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  const auto listing = json::parse(text).as_object();
  for (const auto& service : services()) {
    EXPECT_EQ(listing.at("ports").at(service.name).as_int64(), lab_->port(service.name)) << service.name;
  }
  EXPECT_EQ(listing.at("ports").as_object().size(), services().size());
  EXPECT_EQ(json::value_to<std::vector<std::string>>(listing.at("names")),
            (std::vector<std::string>{"localhost", "device.example"}));
  EXPECT_EQ(json::value_to<std::string>(listing.at("folder")), files_->folder());
  EXPECT_EQ(json::value_to<std::string>(listing.at("ca")), files_->ca());
  EXPECT_EQ(json::value_to<std::string>(listing.at("client_certificate")), files_->client_certificate());
  EXPECT_EQ(json::value_to<std::string>(listing.at("client_key")), files_->client_key());
}

TEST_F(ListingTest, NamesTheAddressesThatAreServed) {
  const auto listing = json::parse(to_json(*lab_, *files_)).as_object();
  const std::vector<std::string> both{"127.0.0.1", "::1"};
  const std::vector<std::string> one{"127.0.0.1"};
  EXPECT_EQ(json::value_to<std::vector<std::string>>(listing.at("addresses")), lab_->has_ipv6() ? both : one);
  EXPECT_THAT(to_table(*lab_, *files_),
              testing::StartsWith(lab_->has_ipv6() ? "On 127.0.0.1 and ::1:\n" : "On 127.0.0.1 only"));
}

TEST_F(ListingTest, TableHasEveryServiceAndARouteToTry) {
  const auto table = to_table(*lab_, *files_);
  for (const auto& service : services()) {
    EXPECT_THAT(table, HasSubstr(fmt::format("{}/{}  {}\n", lab_->port(service.name), service.transport,
                                             service.what)));
  }
  EXPECT_THAT(table,
              HasSubstr(fmt::format("  [[route]]\n  from = \"google.com:443\"\n  to = \"127.0.0.1:{}\"\n",
                                    lab_->port("https"))));
  EXPECT_THAT(table, HasSubstr(files_->ca().string()));
}

TEST_F(ListingTest, WritesTheFilesAndKeepsTheKeySecret) {
  EXPECT_EQ(content(files_->ca()), lab_->ca_pem());
  EXPECT_EQ(content(files_->client_certificate()), lab_->client().certificate_pem);
  EXPECT_EQ(content(files_->client_key()), lab_->client().private_key_pem);
  EXPECT_EQ(mode_of(files_->client_key()), 0600U);
  EXPECT_EQ(mode_of(files_->folder()), 0700U);
}

TEST_F(ListingTest, RemovesATemporaryFolder) {
  const auto folder = files_->folder();
  files_.reset();
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(ListingTest, MakesAndKeepsAFolderThatIsNamed) {
  const auto folder = files_->folder() / "one" / "two";
  { const auto kept = write_files(folder); }
  EXPECT_EQ(mode_of(folder), 0700U);
  EXPECT_EQ(content(folder / "ca.pem"), lab_->ca_pem());
}

TEST_F(ListingTest, MakesAKeySecretThatWasNot) {
  std::ofstream(files_->folder() / "client.key") << "old";
  fs::permissions(files_->client_key(), fs::perms::all);
  const auto again = write_files(files_->folder());
  EXPECT_EQ(mode_of(again.client_key()), 0600U);
  EXPECT_EQ(content(again.client_key()), lab_->client().private_key_pem);
}

TEST_F(ListingTest, SaysWhichFolderCannotBeMade) {
  const auto file = files_->ca();
  const auto refused = CredentialFiles::write(file / "x", lab_->ca_pem(), lab_->client());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().where, file / "x");
  const auto no_folder = CredentialFiles::write(file, lab_->ca_pem(), lab_->client());
  ASSERT_FALSE(no_folder);
}

}  // namespace
}  // namespace attache::lab
