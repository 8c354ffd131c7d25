using Espalier.Graphs;

namespace Espalier.Accelerated;

/// <summary>Inputs one after the other.</summary>
internal sealed class ConcatOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    internal override void Forward(ForwardCall call)
    {
        int first = 0;
        for (int i = 0; i < call.Inputs.Length; i++)
        {
            int length = InputShape(i).Length;
            Layouts.Move(Device, call.Samples, new Layouts.Range(call.Inputs[i], length, 0), new Layouts.Range(call.Output, OutputShape.Length, first), length);
            first += length;
        }
    }

    internal override void Backward(BackwardCall call)
    {
        int first = 0;
        for (int i = 0; i < call.InputGradients.Length; i++)
        {
            int length = InputShape(i).Length;
            if (call.InputGradients[i] is { IsNeeded: true } target)
            {
                var from = new Layouts.Range(call.Gradient, OutputShape.Length, first);
                Layouts.Move(Device, call.Samples, from, new Layouts.Range(target.View, length, 0), length, target.Adds != 0);
            }

            first += length;
        }
    }
}
