using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Files that are named by their address or by a model of timm on the Hugging Face hub. Their hash is that of their name, or has to be given, since no list here has it.</summary>
internal static partial class AddressedFiles
{
    private const int FewestDigits = 8; // as torch.hub has in file names
    private const string Timm = "timm/";
    private static readonly Uri Hub = new("https://huggingface.co/");

    /// <summary>The file of an address or of a name such as <c>timm/resnet50d.ra2_in1k</c>; <see langword="null"/> for other names.</summary>
    /// <param name="name">The name.</param>
    /// <param name="mirror">The address of a folder that replaces the hub, or <see langword="null"/>.</param>
    /// <param name="sha256">The first digits of the file's SHA-256, or <see langword="null"/> if the name ends with them.</param>
    /// <exception cref="EspalierException">No hash is known, or it is malformed, or an address has a mirror too.</exception>
    internal static PublishedFile? Find(string name, Uri? mirror, string? sha256)
    {
        if (name.StartsWith(Timm, StringComparison.Ordinal) && TimmName().IsMatch(name))
        {
            string model = name[Timm.Length..];
            return Of(name, new Uri(mirror ?? Hub, $"{name}/resolve/main/model.safetensors"), model, ".safetensors", sha256);
        }

        if (!Uri.TryCreate(name, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
        {
            return null;
        }

        string file = Path.GetFileName(address.AbsolutePath);
        return mirror is not null ? throw new EspalierException($"a mirror stands for the official address of a name, but {name} is an address itself")
            : FileName().IsMatch(file) ? Of(name, address, Path.GetFileNameWithoutExtension(file), Path.GetExtension(file), sha256)
            : throw new EspalierException($"expected an address that ends with the name of a file, found {name}");
    }

    private static PublishedFile Of(string name, Uri address, string stem, string extension, string? sha256)
    {
        string? inName = HashedStem().Match(stem) is { Success: true } match ? match.Groups["hash"].Value : null;
        string hash = sha256?.ToLowerInvariant() ?? inName
            ?? throw new EspalierException($"the hash of {name} is not known here: give the first digits of its SHA-256, which the page of the file shows");
        if (!Digits().IsMatch(hash))
        {
            throw new EspalierException($"expected {FewestDigits} to 64 hexadecimal digits of a SHA-256, found '{sha256}'");
        }

        // The digits are part of the local name, so that two files of one name are not taken for each other.
        string local = inName is not null && hash.StartsWith(inName, StringComparison.Ordinal) ? stem : $"{stem}-{hash[..FewestDigits]}";
        return new PublishedFile(name, address, new FileDigest(HashAlgorithmName.SHA256, hash)) { LocalName = local + extension };
    }

    [GeneratedRegex(@"\Atimm/[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex TimmName();

    [GeneratedRegex(@"\A[A-Za-z0-9_.-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();

    [GeneratedRegex(@"-(?<hash>[0-9a-f]{8,64})\z", RegexOptions.CultureInvariant)]
    private static partial Regex HashedStem();

    [GeneratedRegex(@"\A[0-9a-f]{8,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();
}
