using Espalier.Graphs;

namespace Espalier.Accelerated;

/// <summary>A sum of values.</summary>
internal sealed class AddOp(Device device, Graph graph, Node node) : DeviceOp(device, graph, node)
{
    internal override bool HasEpilogue => true;

    internal override bool ReadsInputsBackward => false;

    internal override void Forward(ForwardCall call)
    {
        for (int i = 1; i < call.Inputs.Length; i++)
        {
            Elementwise.Add(Device, i == 1 ? call.Inputs[0] : call.Output, call.Inputs[i], i == call.Inputs.Length - 1 ? call.Activation : default, call.Output);
        }
    }

    internal override void Backward(BackwardCall call)
    {
        foreach (GradientTarget target in call.InputGradients)
        {
            if (target.IsNeeded)
            {
                Elementwise.Pass(Device, call.Gradient, 1, target);
            }
        }
    }
}
