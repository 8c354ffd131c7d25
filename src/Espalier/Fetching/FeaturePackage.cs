using System.IO.Compression;
using System.Security.Cryptography;
using Espalier.Graphs;
using Espalier.Onnx;
using Espalier.Tensors;

namespace Espalier;

/// <summary>ResNet-18 trained on ImageNet, without its classifier: 512 features of an image, the start of transfer learning.</summary>
/// <remarks>
/// It is CNTK's, from the NuGet package <c>Microsoft.ML.DnnImageFeaturizer.ResNet18</c> (MIT license), which has the network and what comes before it as two ONNX files: blue, green, red in 0…255 minus a mean image.
/// The images were resized to 256 and cropped to 224 in the middle.
/// </remarks>
internal static class FeaturePackage
{
    /// <summary>The name in <see cref="PublishedFiles.Names"/>, and of the architecture of the model.</summary>
    internal const string Name = "resnet18_features";

    private const string Package = "microsoft.ml.dnnimagefeaturizer.resnet18.0.23.1.nupkg";
    private const string Digest = "7679c0f8832902d64019b7c8f79784d02bcbbce008d22a5249bdef8e8f45cb73";
    private const string Network = "tools/DnnImageModels/ResNet18Onnx/ResNet18.onnx";
    private const string BeforeIt = "tools/DnnImageModels/ResNetPrepOnnx/ResNetPreprocess.onnx";
    private const long MostBytes = 1 << 27; // of a file in the package; the network has 64 MB
    private const int Side = 224;

    private static readonly Uri s_address = new("https://api.nuget.org/v3-flatcontainer/microsoft.ml.dnnimagefeaturizer.resnet18/0.23.1/");

    /// <summary>The download, which becomes a model file.</summary>
    internal static PublishedFile File(Uri? mirror) => new(Name, new Uri(mirror ?? s_address, Package), new FileDigest(HashAlgorithmName.SHA256, Digest))
    {
        Unpacking = new Unpacking($"{Name}.espalier", (package, target, cancellation) => Load(package, cancellation).Save(target)),
    };

    /// <summary>The network of a package with its preprocessing.</summary>
    /// <exception cref="MalformedInputException">The package lacks a file, or a file in it is damaged.</exception>
    internal static Model Load(string package, CancellationToken cancellation)
    {
        byte[] network = Read(package, Network);
        cancellation.ThrowIfCancellationRequested();
        Model model = OnnxReader.Read(network, Path.GetFileName(Network)).Model;
        var preprocessing = new Preprocessing
        {
            Resize = 256,
            Crop = new Size(Side, Side),
            Normalization = new Normalization([0, 0, 0], [1, 1, 1])
            {
                Order = ChannelOrder.Bgr,
                Range = PixelRange.Byte,
                MeanImage = ValueList.Create(OnnxReader.ReadInitializer(Read(package, BeforeIt), Path.GetFileName(BeforeIt), "MeanImage").Read<float>()),
            },
        };
        return model.With(model.Metadata with { Architecture = Name, Preprocessing = preprocessing });
    }

    private static byte[] Read(string package, string name)
    {
        try
        {
            using ZipArchive zip = ZipFile.OpenRead(package);
            ZipArchiveEntry entry = zip.GetEntry(name) ?? throw new MalformedInputException(package, null, $"the package has no file '{name}'");
            if (entry.Length > MostBytes)
            {
                throw new MalformedInputException(package, null, $"'{name}' has {entry.Length} bytes, expected at most {MostBytes}");
            }

            byte[] bytes = new byte[entry.Length];
            using Stream content = entry.Open();
            content.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new MalformedInputException(package, null, $"not a package, or a damaged one: {error.Message}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Unreadable(package, error);
        }
    }
}
