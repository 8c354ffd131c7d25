using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier;

/// <summary>Downloads files from their official addresses: torchvision's weights, by the name of their architecture, a network of features (<c>resnet18_features</c>), CIFAR-10, timm's weights and any file by its address. Digests are checked, and interrupted downloads are resumed.</summary>
public static partial class PublishedFiles
{
    private const string Cifar = "cifar10";

    /// <summary>The address of torchvision's weights.</summary>
    private static readonly Uri TorchAddress = new("https://download.pytorch.org/models/");

    /// <summary>CIFAR-10, with the digest published on https://www.cs.toronto.edu/~kriz/cifar.html.</summary>
    private static readonly Uri CifarAddress = new("https://www.cs.toronto.edu/~kriz/");

    private static readonly FileDigest CifarDigest = new(HashAlgorithmName.MD5, "c32a1d4ab5d03f1284b67883e8d87530");

    /// <summary>The names that can be downloaded. Other weights of torchvision can be downloaded by their file name including the hash, such as <c>resnet34-333f7ec4</c>.</summary>
    public static IEnumerable<string> Names => PublishedWeights.All.Select(entry => entry.Name).Append(FeaturePackage.Name).Append(Cifar);

    /// <summary>Downloads a file unless it exists in the folder.</summary>
    /// <param name="name">One of <see cref="Names"/>, such as <c>resnet50</c>, <c>resnet50_v2</c> (the newer recipe) or <c>cifar10</c>, or the file name of other torchvision weights, or a model of timm on the Hugging Face hub (<c>timm/resnet50d.ra2_in1k</c>), or the address of a file; the last two need a hash (<see cref="FetchOptions.Sha256"/>) unless their name ends with it.</param>
    /// <param name="options">Folder, mirror and hash; <see langword="null"/> for the defaults.</param>
    /// <param name="progress">Receives the number of bytes downloaded so far.</param>
    /// <param name="cancellation">Cancels the download. Received bytes are kept, and the next call resumes from there.</param>
    /// <returns>The path of the file; for a data set, of the unpacked folder; for <c>resnet18_features</c>, of a model file.</returns>
    /// <exception cref="EspalierException">The name is unknown, the server cannot be reached or refuses, or the digest is not the published one.</exception>
    public static async Task<string> FetchAsync(string name, FetchOptions? options = null, IProgress<FetchProgress>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new FetchOptions();
        PublishedFile file = Find(name, options.Mirror, options.Sha256);
        string folder = FileCache.Folder(options.Folder);
        string target = Path.Combine(folder, file.FileName);
        string result = file.Unpacking is null ? target : Path.Combine(folder, file.Unpacking.Result);
        if (file.Unpacking is { IsFolder: true } ? Directory.Exists(result) : File.Exists(result))
        {
            return result; // it is created only when complete and correct
        }

        if (!File.Exists(target))
        {
            using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan }; // Downloader minds the time between two reads
            client.DefaultRequestHeaders.UserAgent.ParseAdd("espalier");
            await new Downloader(client) { Progress = progress, Note = options.Note }.Run(file, target, cancellation).ConfigureAwait(false);
        }

        if (file.Unpacking is { } unpacking)
        {
            unpacking.Run(target, result, cancellation);
            File.Delete(target);
        }

        return result;
    }

    /// <summary>Returns the address of a file.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="mirror">The address of a folder that replaces the official one, or <see langword="null"/>.</param>
    /// <exception cref="EspalierException">The name is unknown; the message suggests similar ones.</exception>
    public static Uri AddressOf(string name, Uri? mirror = null) => Find(name, mirror, null).Address;

    /// <summary>Finds a file by its name, or other torchvision weights by their file name including the hash, such as <c>resnet34-333f7ec4</c>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="mirror">The address of a folder that replaces the official one, or <see langword="null"/>.</param>
    /// <param name="sha256">The first digits of the file's SHA-256 where it is not published with the name, or <see langword="null"/>.</param>
    /// <exception cref="EspalierException">The name is unknown; the message suggests similar ones.</exception>
    internal static PublishedFile Find(string name, Uri? mirror, string? sha256)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (AddressedFiles.Find(name, mirror, sha256) is { } addressed)
        {
            return addressed;
        }

        if (sha256 is not null)
        {
            throw new EspalierException($"the hash of '{name}' is published with it: a SHA-256 is given for addresses and for models of timm alone");
        }

        if (name == Cifar)
        {
            return new PublishedFile(name, new Uri(mirror ?? CifarAddress, "cifar-10-binary.tar.gz"), CifarDigest) { Unpacking = Unpacking.Folder("cifar-10-batches-bin") };
        }

        if (name == FeaturePackage.Name)
        {
            return FeaturePackage.File(mirror);
        }

        string file = PublishedWeights.All.FirstOrDefault(entry => entry.Name == name)?.File ?? name;
        Match match = HashedName().Match(file);
        return match.Success
            ? new PublishedFile(name, new Uri(mirror ?? TorchAddress, $"{file}.pth"), new FileDigest(HashAlgorithmName.SHA256, match.Groups["hash"].Value))
            : throw new EspalierException($"nothing is published as '{name}'{SimilarNames.Suggest(name, Names)}");
    }

    /// <summary>By the convention of torch.hub, the name ends with the first digits of the file's SHA-256.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9_.-]+-(?<hash>[0-9a-f]{8,64})\z", RegexOptions.CultureInvariant)]
    private static partial Regex HashedName();
}
