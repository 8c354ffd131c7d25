namespace Espalier.Imaging.Tests;

/// <summary>Every fixture decodes to Pillow's pixels, bit for bit.</summary>
public class FixtureDecodingTests
{
    public static TheoryData<string, int, int, string> Files => new(Fixture.Table(Fixture.Path("images.tsv"))
        .Select(row => (row[0], Fixture.Number(row[1]), Fixture.Number(row[2]), row[3])));

    [Theory]
    [MemberData(nameof(Files))]
    public void Pixels_are_those_of_pillow(string file, int width, int height, string hash) =>
        Assert.Equal((width, height, hash), Fixture.Describe(Fixture.Decode(file)));

    [Fact]
    public void There_are_as_many_fixtures_as_were_made() => Assert.Equal(114, Files.Count);
}
