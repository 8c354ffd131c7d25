namespace Espalier.Graphs;

/// <summary>A parameter in training whose numbers a runtime keeps in the memory of a device. The processor's numbers are brought up to date whenever they are read.</summary>
internal interface IDeviceParameter
{
    /// <summary>Copies the values from the device if they were changed there. The processor's may be changed from then on, until the runtime reads them for the next pass.</summary>
    void FetchValue();

    /// <summary>Copies the gradient from the device if a backward pass has made it. The processor's may be changed from then on, until the next backward pass.</summary>
    void FetchGradient();
}
