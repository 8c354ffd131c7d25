using System.Collections.Immutable;
using Espalier.Bench.Measuring;
using Espalier.Tensors;

namespace Espalier.Bench.Peers;

/// <summary>How times grow with depth, with the image, with the batch and with the share of zeros, beside ONNX Runtime.</summary>
internal static class GrowthCommand
{
    private static readonly ImmutableArray<PeersRow> Rows =
    [
        .. Depth("cifar_resnet20", "cifar_resnet56", "cifar_resnet110", "cifar_resnet1202", "resnet18", "resnet34", "resnet50", "resnet152"),
        .. from size in new[] { 128, 224, 320, 416, 512 } select Resnet50("Input: ResNet-50 from 128 x 128 to 512 x 512") with { Size = size, IsFirst = false },
        .. from batch in new[] { 1, 2, 4, 8, 16, 32, 64 } select Resnet50("Batch: ResNet-50 from 1 to 64 images") with { Batch = batch, IsFirst = false },
        .. from zeros in new[] { 0, 0.5, 0.7, 0.8, 0.9, 0.95 } select Resnet50("Zeros: ResNet-50 from dense to 95%") with { Zeros = zeros },
    ];

    internal static int Run(string[] arguments)
    {
        if (ReportArguments.Parse(arguments) is not { } wanted)
        {
            Console.Error.WriteLine($"usage: growth {ReportArguments.Usage}");
            return 2;
        }

        try
        {
            var options = new PeersOptions
            {
                Peers = ["onnxruntime"],
                Runs = wanted.Runs(20),
                Starts = 1,
                WarmUp = wanted.Time(TimeSpan.FromSeconds(1)),
                Longest = wanted.Time(TimeSpan.FromSeconds(1.5)),
                Output = wanted.Output,
            };
            ImmutableArray<PeersRow> rows = wanted.IsQuick ? [.. Rows.GroupBy(row => row.Section).SelectMany(section => section.Take(2))] : Rows;
            return new PeersBench(options, rows, "How times grow", "growth").Run(string.Join(' ', ["growth", .. arguments]));
        }
        catch (EspalierException error)
        {
            Console.Error.WriteLine($"error: {error.Message}");
            return 2;
        }
    }

    private static IEnumerable<PeersRow> Depth(params string[] networks) => networks.Select(network => new PeersRow("Depth: from 18 to 1202 layers", network));

    private static PeersRow Resnet50(string section) => new(section, "resnet50");
}
