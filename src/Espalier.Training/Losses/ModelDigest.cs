using System.Security.Cryptography;
using System.Text;
using Espalier.Graphs;

namespace Espalier.Training;

/// <summary>A digest of a model: of its graph and of every bit of its effective parameter values.</summary>
internal static class ModelDigest
{
    private const int Digits = 16; // as in the digest of a data set

    /// <summary>The digest of a model's labels and preprocessing.</summary>
    internal static string OfUse(ModelMetadata metadata) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{string.Join('\n', metadata.Labels)}\n{metadata.Preprocessing}")))[..Digits];

    internal static string Of(Model model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Node node in model.Graph.Nodes)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{node}\n"));
        }

        foreach ((string name, Parameter parameter) in model.Parameters.OrderBy(each => each.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {parameter.Effective}\n")); // type and shape, which determine the length of the data that follows
            hash.AppendData(parameter.Effective.Bytes.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Digits];
    }
}
