using System.Security.Cryptography;

namespace Espalier.Formats.Tests.Support;

/// <summary>The files that <c>make_fixtures.py</c> made, and its tables of what is in them.</summary>
internal static class Fixture
{
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "Fixtures");

    public static string PathOf(string name) => Path.Combine(Folder, name);

    public static byte[] Bytes(string name) => File.ReadAllBytes(PathOf(name));

    /// <summary>The rows of a table by the file they are about: name, type, shape, SHA-256.</summary>
    public static Dictionary<string, string[]> Table(string name) => File.ReadLines(PathOf(name))
        .GroupBy(row => row[..row.IndexOf('\t')], row => row[(row.IndexOf('\t') + 1)..])
        .ToDictionary(group => group.Key, group => group.ToArray());

    /// <summary>A tensor as the tables write it.</summary>
    public static string Row(string name, Tensor tensor) =>
        $"{name}\t{TypeName(tensor.Type)}\t{tensor.Shape}\t{Convert.ToHexStringLower(SHA256.HashData(tensor.Bytes.Span))}";

    public static string[] Rows(StateDict tensors) => [.. tensors.Select(t => Row(t.Key, t.Value))];

    private static string TypeName(ElementType type) => type == ElementType.Boolean ? "bool" : type.ToString().ToLowerInvariant();
}
