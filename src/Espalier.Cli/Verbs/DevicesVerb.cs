using Espalier.Accelerated;

namespace Espalier.Cli;

/// <summary>The verb <c>devices</c>: lists the accelerators of this machine.</summary>
internal sealed class DevicesVerb : Verb
{
    private readonly ReportOptions _report = new("Also writes the table, with all digits.");

    internal DevicesVerb(CliContext context)
        : base(
            context,
            "devices",
            "Lists the accelerators of this machine (graphics processors), with the numbers that --device takes, and their memory.",
            "espalier devices",
            "espalier bench resnet50 --runtime accelerator --device 0") => _report.AddTo(this);

    private protected override int Run(ParseResult parsed)
    {
        ReportTable table = new ReportTable<(int Number, AcceleratorDevice Device)>([.. AcceleratorDevice.All.Index()]) { Keys = 1 }
            .Count("device", "device", row => row.Number)
            .Text("name", "name", row => row.Device.Name)
            .Text("by", "kind", row => row.Device.Kind.ToString())
            .Count("memory", "memory_bytes", row => row.Device.MemoryBytes, Amount.Bytes);
        _report.Show(parsed, Terminal, new Report(table)
        {
            Text = AcceleratorDevice.All.IsEmpty ? ["No accelerator was found: CUDA and OpenCL have no graphics processor here."] : [table],
            Rows = table,
        });
        return ExitCode.Success;
    }
}
