using Espalier.Accelerated;
using Espalier.Bench.Accelerator;
using Espalier.Bench.Peers;
using Espalier.Models;
using Espalier.Tensors;

const string Usage = """
    Espalier.Bench.Accelerator [--device N | --device emulated] [--quick] [-o FILE.md]
        Checks a device's answers against the CPU's, times ResNet-18, -50 and -152 in inference and ResNet-50 in training beside the device's peaks, and writes a report, in less than five minutes.
    """;

(int number, bool isEmulated, bool isQuick, string? output) = (0, false, false, null);
for (ReadOnlySpan<string> rest = args; !rest.IsEmpty;)
{
    switch (rest)
    {
        case ["--device", "emulated", ..]:
            isEmulated = true;
            rest = rest[2..];
            break;
        case ["--device", string text, ..] when int.TryParse(text, out number) && number >= 0:
            rest = rest[2..];
            break;
        case ["--quick", ..]:
            isQuick = true;
            rest = rest[1..];
            break;
        case ["-o" or "--output", string file, ..]:
            output = file;
            rest = rest[2..];
            break;
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}

if (!isEmulated && number >= AcceleratorDevice.All.Length)
{
    Console.Error.WriteLine($"there is no device {number}: this machine has {AcceleratorDevice.All.Length} (CUDA or OpenCL)");
    return 2;
}

AcceleratorDevice device = isEmulated ? AcceleratorDevice.Emulated : AcceleratorDevice.All[number];
int[] batches = isQuick ? [1] : [1, 8, 64];
string[] networks = isEmulated ? [] : isQuick ? ["resnet18"] : ["resnet18", "resnet50", "resnet152"];
var measurement = new Measurement
{
    Device = device,
    Networks = [.. networks.Select(name => (name, Zoo.Create(name).Initialize(1)))],
    Batches = [.. batches],
    Trained = isEmulated ? null : ("resnet50", Zoo.Create("resnet50").Initialize(1)),
    TrainingBatch = isQuick ? 4 : 64,
    Time = TimeSpan.FromSeconds(isQuick ? 0.2 : 2),
    PeakScale = isEmulated ? 1 : 1 << 12,
};
try
{
    Report report = measurement.Run(Console.Error);
    string path = output ?? $"accelerator-{Machine.SlugOf(device.Name)}.md";
    File.WriteAllText(path, report.Markdown());
    Console.WriteLine($"{path}: the report");
    return report.IsRight ? 0 : 1;
}
catch (EspalierException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
